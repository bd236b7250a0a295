"""An independent decoder: does a piece of bytes give a value?

It knows nothing of any scanner. It tries all decodings it has, one after the other, up to a small
depth, and is slow. The score uses it on the bytes that a report points at, and the generator's own
check uses it on the truth.
"""

import base64
import binascii
import bz2
import html
import io
import lzma
import quopri
import re
import tarfile
import urllib.parse
import zipfile
import zlib

DEPTH = 5
BUDGET = 400
INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, 0x180E])


def attempts(*functions):
    """Results of those functions that have one."""
    for function in functions:
        try:
            yield function()
        except (ValueError, OSError, EOFError, KeyError, RuntimeError, NotImplementedError, MemoryError, binascii.Error, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile):
            pass


def unbase64(data):
    for run in re.findall(rb"[A-Za-z0-9+/_\-=\s]{24,}", data):
        tight = re.sub(rb"\s", b"", run).rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for cut in range(4):
            part = tight[cut:]
            part = part[:len(part) - (len(part) % 4 == 1)]
            yield from attempts(lambda part=part: base64.b64decode(part + b"=" * (-len(part) % 4)))


def unescape(data):
    """Backslash escapes of JSON and C."""
    simple = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"/": b"/", b'"': b'"', b"\\": b"\\", b"'": b"'", b"0": b"\0"}

    def one(m):
        kind = m[1]
        if kind[:1] in b"ux" and len(kind) > 1:
            return chr(int(kind[1:], 16)).encode("utf-8", "replace")
        if kind.isdigit() and len(kind) == 3:
            return bytes([int(kind, 8) & 255])
        return simple.get(kind, m[0])
    return re.sub(rb"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|.)", one, data)


def numbers(data):
    """Bytes that are listed as numbers or characters."""
    hexes = re.findall(rb"0x([0-9a-fA-F]{1,2})\b", data)
    decimals = re.findall(rb"(?<![\w.])(\d{1,3})(?![\w.])", data)
    yield bytes(int(h, 16) for h in hexes)
    yield bytes(int(d) & 255 for d in decimals)
    yield b"".join(re.findall(rb"'(.)'", data))


def dump(data):
    rows = re.findall(rb"^[0-9a-f]{8}:?  ?((?:[0-9a-f]{2,4} ?)+)", data, re.M)
    return bytes.fromhex(b"".join(rows).decode().replace(" ", ""))


def inflate_at(data, at, wbits):
    return zlib.decompressobj(wbits).decompress(data[at:], 1 << 24)


def unpacked(data):
    """What compressed streams and archives anywhere in the data hold."""
    for m in list(re.finditer(rb"\x1f\x8b\x08", data))[:20]:
        yield from attempts(lambda: inflate_at(data, m.start(), 31))
    for m in list(re.finditer(rb"[\x08\x18\x28\x38\x48\x58\x68\x78][\x01\x5e\x9c\xda]", data))[:60]:
        yield from attempts(lambda: inflate_at(data, m.start(), 15))
    for m in list(re.finditer(rb"BZh[1-9]1AY", data))[:5]:
        yield from attempts(lambda: bz2.BZ2Decompressor().decompress(data[m.start():]))
    for m in list(re.finditer(rb"\xfd7zXZ\0", data))[:5]:
        yield from attempts(lambda: lzma.LZMADecompressor().decompress(data[m.start():]))
    for m in list(re.finditer(rb"stream\r?\n([!-uz\s]+)~>", data))[:20]:
        yield from attempts(lambda: base64.a85decode(m[1]))
    for m in list(re.finditer(rb"\A([!-uz\s]+)~>\Z", data)):
        yield from attempts(lambda: base64.a85decode(m[1]))
    if b"PK\x03\x04" in data:
        for archive in attempts(lambda: zipfile.ZipFile(io.BytesIO(data))):
            for name in archive.namelist():
                yield from attempts(lambda: archive.read(name))
    if data[257:262] == b"ustar":
        for archive in attempts(lambda: tarfile.open(fileobj=io.BytesIO(data))):
            for member in (member for members in attempts(archive.getmembers) for member in members):
                yield from attempts(lambda: archive.extractfile(member).read() if member.isfile() else b"")


def texts(data):
    """Decodings of text."""
    for zeros in (1, 3):
        # UTF-16 and UTF-32: ASCII with zeros before or after each character.
        for wide in (rb"(?:[\t\r\n -~]\0{%d}){8,}" % zeros, rb"(?:\0{%d}[\t\r\n -~]){8,}" % zeros):
            yield from (run.replace(b"\0", b"") for run in re.findall(wide, data))
    if b"%" in data:
        yield urllib.parse.unquote_to_bytes(data)
    if b"\\" in data:
        yield unescape(data)
    if b"&" in data:
        yield html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace")
    if b"=" in data:
        yield quopri.decodestring(data)
    if max(data, default=0) >= 0x80:
        for text in attempts(lambda: data.decode("utf-8").translate(INVISIBLE).encode()):
            yield text
    if b")]TJ" in data:
        yield re.sub(rb"\)-?\d+\(", b"", data)
    for run in re.findall(rb"(?:[0-9a-fA-F]{2}[:,]){15,}[0-9a-fA-F]{2}", data):
        yield bytes.fromhex(re.sub("[:,]", "", run.decode()))
    for run in re.findall(rb"(?:[0-9a-fA-F]{2}){16,}", data):
        yield from attempts(lambda: bytes.fromhex(run.decode()))
    yield from attempts(lambda: dump(data))
    yield from numbers(data)
    yield from unbase64(data)


def pieced(data, value):
    """True if the value stands in the data in pieces with a little between them."""
    text = data.decode("utf-8", "replace")
    for start in [m.start() for m in re.finditer(re.escape(value[:3]), text)]:
        at, done, pieces = start, 0, 0
        while done < len(value) and pieces < 80:
            length = 0
            while done + length < len(value) and text[at + length:at + length + 1] == value[done + length]:
                length += 1
            done, at, pieces = done + length, at + length, pieces + 1
            if done < len(value):
                nearest = text.find(value[done:done + 3] if done + 3 <= len(value) else value[done:], at, at + 160)
                if nearest < 0:
                    break
                at = nearest
        if done == len(value):
            return True
    return False


def reveals(data, value):
    """True if some chain of decodings of the data holds the value."""
    wanted = value.encode()
    seen, front, budget = {data}, [data], BUDGET
    for _ in range(DEPTH):
        following = []
        for piece in front:
            if wanted in piece:
                return True
            budget -= 1
            if budget < 0 or len(piece) > 1 << 20:
                continue
            for source in (texts, unpacked):
                for result in source(piece):
                    if result and result not in seen:
                        seen.add(result)
                        following.append(result)
        front = following
    return any(wanted in piece for piece in front) or any(pieced(piece, value) for piece in list(seen)[:50])
