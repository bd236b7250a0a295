"""Files that hold other files: compressed, packed, compiled, or databases.

Each entry of `CONTAINERS` takes the bytes of a file, its spans and a generator of random numbers, and
gives the container's bytes, the new spans and a file name. Where the content lies in one piece in
the container, spans stay exact; else they cover all of it.
"""

import base64
import bz2
import gzip
import hashlib
import io
import html
import lzma
import marshal
import os
import plistlib
import pickle
import sqlite3
import struct
import tarfile
import tempfile
import zipfile
import zlib

import formats
from codings import base64_of, whole
from objects import entry_head

WHEN = 1_600_000_000


def hold(data, spans, out, *names):
    """Spans after packing: moved if the content is there in one piece, else all of it."""
    at = out.find(data)
    if at < 0:
        return out, whole(spans, len(out), *names)
    for span in spans:
        span.start, span.end = span.start + at, span.end + at
        span.chain = (*names, *span.chain)
    return out, spans


def gz(data, level=9):
    return gzip.compress(data, level, mtime=0)


def zip_of(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6))
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


def tar_of(files, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), WHEN
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def ar_of(files):
    out = b"!<arch>\n"
    for name, content in files:
        out += f"{name:<16}{WHEN:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        out += content + (b"\n" if len(content) % 2 else b"")
    return out


def zstd_raw(data):
    """A zstd frame whose blocks are stored: valid, and needs no library."""
    out = struct.pack("<IBI", 0xFD2FB528, 0xA0, len(data))
    for at in range(0, len(data), 100_000):
        block = data[at:at + 100_000]
        last = at + len(block) >= len(data)
        out += struct.pack("<I", len(block) << 3 | last)[:3] + block
    return out


def paragraphs(data, tag):
    """Lines of text as the elements of an office document."""
    text = data.decode("utf-8", "replace")
    return "".join(f"<{tag}>{html.escape(line, quote=False)}</{tag}>" for line in text.splitlines())


def docx(data, r):
    body = f'<?xml version="1.0"?><w:document xmlns:w="w"><w:body><w:p><w:r>{paragraphs(data, "w:t")}</w:r></w:p></w:body></w:document>'
    return zip_of([("[Content_Types].xml", "<Types/>"), ("word/document.xml", body)])


def xlsx(data, r):
    return zip_of([("[Content_Types].xml", "<Types/>"), ("xl/sharedStrings.xml", f"<sst>{paragraphs(data, 'si')}</sst>")])


def odt(data, r):
    return zip_of([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", f"<office:text>{paragraphs(data, 'text:p')}</office:text>")])


def deb(data, r):
    control = tar_of([("./control", b"Package: acme\nVersion: 1.0\n")], "w:gz")
    return ar_of([("debian-binary", b"2.0\n"), ("control.tar.gz", zero_mtime(control)), ("data.tar.xz", tar_of([("./etc/acme.conf", data)], "w:xz"))])


def zero_mtime(gzipped):
    """tarfile stamps gzip files with the present time."""
    return gzipped[:4] + bytes(4) + gzipped[8:]


def tgz(data, r):
    return gz(tar_of([("app/README", b"see etc/\n" * 20), ("app/etc/settings.conf", data)]))


def layers(data, r):
    """What `docker save` writes: a tar of layers, which are tars."""
    layer = tar_of([("app/.env", data)])
    name = hashlib.sha256(layer).hexdigest()
    return tar_of([(f"{name}/layer.tar", layer), ("manifest.json", b'[{"Layers":["' + name.encode() + b'/layer.tar"]}]')])


def shown(line, r, kerned):
    """A line of a page's text; kerned as TeX sets it, in brackets with distances between letters."""
    line = line.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    if not kerned:
        return b"(" + line + b") Tj"
    # Fonts set no distance between these.
    straight = {b"AK", b"KI", b"IA", b"AS", b"SI"}
    out = line[:1]
    for before, letter in zip(line, line[1:]):
        near = r.random() < 0.1 and bytes([before, letter]) not in straight and before != ord("\\")
        out += (b")%d(" % r.randint(-90, 90) if near else b"") + bytes([letter])
    return b"[(" + out + b")]TJ"


def pdf(data, r, packed=True, kerned=False, ascii85=False):
    text = b"BT /F1 12 Tf 50 700 Td\n" + b"\n".join(shown(line, r, kerned) + b" 0 -14 Td" for line in data.splitlines()) + b"\nET\n"
    stream = zlib.compress(text) if packed else text
    stream = base64.a85encode(stream, wrapcol=76) + b"~>" if ascii85 else stream
    filters = b"[ /ASCII85Decode /FlateDecode ]" if ascii85 else b"/FlateDecode"
    head = b"<< /Length %d /Filter %s >>" % (len(stream), filters) if packed else b"<< /Length %d >>" % len(stream)
    return b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n4 0 obj\n" + head + b"\nstream\n" + stream + b"\nendstream\nendobj\ntrailer\n<< /Size 5 >>\n%%EOF\n"


def sqlite(data, r, blob=False):
    folder = tempfile.mkdtemp(prefix="planted-")
    path = os.path.join(folder, "app.db")
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE settings (id INTEGER PRIMARY KEY, name TEXT, value TEXT)")
    for n in range(40):
        db.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (f"option{n}", r.randbytes(8).hex()))
    db.execute("INSERT INTO settings (name, value) VALUES (?, ?)", ("config", data if blob else data.decode("utf-8", "replace")))
    db.commit()
    db.close()
    with open(path, "rb") as file:
        out = file.read()
    os.remove(path)
    os.rmdir(folder)
    return out


def constants(data):
    """The double-quoted or bare values of a text, as a compiler would see them."""
    return [line.strip() for line in data.decode("utf-8", "replace").replace("=", "\n").replace('"', "\n").replace("'", "\n").splitlines() if line.strip()]


def java_class(data, r):
    """A class file's head: magic, version, constant pool of strings."""
    names = ["com/acme/Keys", "java/lang/Object", "ConstantValue", *constants(data)]
    pool = b"".join(b"\x01" + struct.pack(">H", len(name.encode())) + name.encode() for name in names)
    return b"\xca\xfe\xba\xbe\0\0\0\x34" + struct.pack(">H", len(names) + 1) + pool + bytes(24)


def pyc(data, r):
    # Python keeps each single character once, and marks it here if something else uses it.
    texts = [text for text in constants(data) if len(text) > 1]
    code = compile("\n".join(f"v{n} = {text!r}" for n, text in enumerate(texts)), "keys.py", "exec")
    return b"\xa7\x0d\x0d\x0a" + bytes(4) + struct.pack("<II", WHEN, len(data)) + marshal.dumps(code)


def elf(data, r):
    strings = b"\0".join(text.encode() for text in constants(data))
    return b"\x7fELF\x02\x01\x01" + bytes(57) + r.randbytes(700) + b"\0libc.so.6\0/lib64/ld-linux.so\0" + strings + b"\0" + r.randbytes(500)


def dll(data, r):
    """.NET user strings: UTF-16 with a length in front, no byte order mark."""
    heap = b"\0"
    for text in constants(data):
        raw = text.encode("utf-16-le") + b"\0"
        heap += (bytes([len(raw)]) if len(raw) < 0x80 else struct.pack(">H", 0x8000 | len(raw))) + raw
    return b"MZ\x90\0" + bytes(60) + b"PE\0\0" + r.randbytes(300) + b"#US\0" + heap + r.randbytes(200)


def png(data, r, packed):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(data)) if packed else chunk(b"tEXt", b"Comment\0" + data)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(bytes(52))) + chunk(b"IEND", b"")


def git_pack(data, r):
    """A pack with one whole blob."""
    body = b"PACK" + struct.pack(">II", 2, 1) + entry_head(3, len(data)) + zlib.compress(data)
    return body + hashlib.sha1(body).digest()


def git_bundle(data, r):
    return b"# v2 git bundle\n" + r.randbytes(20).hex().encode() + b" refs/heads/main\n\n" + git_pack(data, r)


def loose(data, r):
    return zlib.compress(b"blob %d\0" % len(data) + data)


def bson(data, r):
    items = b"".join(b"\x02k%d\0" % n + struct.pack("<I", len(t.encode()) + 1) + t.encode() + b"\0" for n, t in enumerate(constants(data)))
    return struct.pack("<I", len(items) + 5) + items + b"\0"


def helm_release(data, spans, r):
    """Helm keeps a release as base64 of base64 of gzip of JSON."""
    inner, spans = hold(data, spans, gz(b'{"chart":{"values":' + data + b"}}"), "gzip")
    out, spans = base64_of(inner, spans, suffix=b"")
    return base64_of(out, spans, prefix=b"apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\ndata:\n  release: ")


def gzip_base64(data, spans, r):
    inner, spans = hold(data, spans, gz(data), "gzip")
    return base64_of(inner, spans, prefix=b"user_data_base64: ")


def simple(name, chain, function):
    """A container made by a function of the content alone."""
    return name, lambda data, spans, r: hold(data, spans, function(data, r), *chain)


TAR = lambda mode: (lambda d, r: tar_of([("etc/app.conf", d)], mode))
# Containers that keep the values of a text, not the text; base64 with padding would lose it.
OF_CONSTANTS = {"class", "pyc", "elf", "dll", "plist-binary", "pickle", "bson"}
# Name: class, file name, function.
CONTAINERS = {
    "gzip": ("hard", *simple("backup.ini.gz", ["gzip"], lambda d, r: gz(d))),
    "gzip-two-members": ("rest", *simple("log.gz", ["gzip"], lambda d, r: gz(b"first part\n") + gz(d))),
    "zlib": ("rest", *simple("cache.z", ["zlib"], lambda d, r: zlib.compress(d))),
    "bzip2": ("hard", *simple("dump.sql.bz2", ["bzip2"], lambda d, r: bz2.compress(d))),
    "xz": ("hard", *simple("dump.xz", ["xz"], lambda d, r: lzma.compress(d))),
    "zstd-stored": ("rest", *simple("dump.zst", ["zstd"], lambda d, r: zstd_raw(d))),
    "zip": ("hard", *simple("config.zip", ["zip"], lambda d, r: zip_of([("README", "x"), ("config/app.conf", d)]))),
    "zip-stored": ("hard", *simple("bundle.zip", ["zip"], lambda d, r: zip_of([("a.ini", d)], zipfile.ZIP_STORED))),
    "zip-lzma": ("rest", *simple("new.zip", ["zip"], lambda d, r: zip_of([("a.ini", d), ("b.txt", "more\n")], zipfile.ZIP_LZMA))),
    "zip-bzip2": ("rest", *simple("old.zip", ["zip"], lambda d, r: zip_of([("a.ini", d)], zipfile.ZIP_BZIP2))),
    "jar": ("hard", *simple("app.jar", ["zip"], lambda d, r: zip_of([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), ("app.properties", d)]))),
    "apk": ("hard", *simple("app.apk", ["zip"], lambda d, r: zip_of([("AndroidManifest.xml", bytes(40)), ("assets/config.json", d)]))),
    "whl": ("hard", *simple("acme-1.0-py3-none-any.whl", ["zip"], lambda d, r: zip_of([("acme/settings.py", d), ("acme-1.0.dist-info/RECORD", "")]))),
    "nupkg": ("hard", *simple("Acme.1.0.0.nupkg", ["zip"], lambda d, r: zip_of([("acme.nuspec", "<package/>"), ("content/app.config", d)]))),
    "docx": ("hard", *simple("Access.docx", ["zip"], docx)),
    "xlsx": ("hard", *simple("Accounts.xlsx", ["zip"], xlsx)),
    "odt": ("hard", *simple("Access.odt", ["zip"], odt)),
    "zip-in-zip": ("rest", *simple("outer.zip", ["zip", "zip"], lambda d, r: zip_of([("inner.zip", zip_of([("a.ini", d)]))]))),
    "gz-in-zip": ("rest", *simple("logs.zip", ["zip", "gzip"], lambda d, r: zip_of([("a.log.gz", gz(d))]))),
    "lambda-zip": ("hard", *simple("function.zip", ["zip"], lambda d, r: zip_of([("index.js", "exports.handler = 0\n"), (".env", d)]))),
    "tar": ("plain", *simple("backup.tar", ["tar"], TAR("w"))),
    "tar-gz": ("hard", *simple("backup.tar.gz", ["gzip", "tar"], tgz)),
    "tar-xz": ("hard", *simple("backup.tar.xz", ["xz", "tar"], TAR("w:xz"))),
    "tar-bz2": ("hard", *simple("backup.tbz", ["bzip2", "tar"], TAR("w:bz2"))),
    "docker-save": ("rest", *simple("image.tar", ["tar", "tar"], layers)),
    "ar": ("plain", *simple("lib.a", ["ar"], lambda d, r: ar_of([("conf.o/", d)]))),
    "deb": ("rest", *simple("acme_1.0_all.deb", ["ar", "xz", "tar"], deb)),
    "pdf": ("rest", *simple("manual.pdf", ["pdf"], pdf)),
    "pdf-kerned": ("rest", *simple("report.pdf", ["pdf"], lambda d, r: pdf(d, r, kerned=True))),
    "pdf-ascii85": ("rest", *simple("invoice.pdf", ["pdf"], lambda d, r: pdf(d, r, ascii85=True))),
    "pdf-plain": ("rest", *simple("plain.pdf", ["pdf"], lambda d, r: pdf(d, r, False))),
    "sqlite": ("hard", *simple("app.db", ["sqlite"], sqlite)),
    "sqlite-blob": ("hard", *simple("store.sqlite3", ["sqlite"], lambda d, r: sqlite(d, r, True))),
    "class": ("rest", *simple("Keys.class", ["class"], java_class)),
    "pyc": ("rest", *simple("keys.cpython-311.pyc", ["pyc"], pyc)),
    "elf": ("rest", *simple("app", ["elf"], elf)),
    "dll": ("rest", *simple("Acme.dll", ["utf-16le"], dll)),
    "png-text": ("rest", *simple("shot.png", ["png"], lambda d, r: png(d, r, False))),
    "png-ztxt": ("rest", *simple("shot2.png", ["zlib"], lambda d, r: png(d, r, True))),
    "plist-binary": ("rest", *simple("app.plist", ["plist"], lambda d, r: plistlib.dumps({"items": constants(d)}, fmt=plistlib.FMT_BINARY))),
    "pickle": ("rest", *simple("cfg.pkl", ["pickle"], lambda d, r: pickle.dumps({"config": constants(d)}, 4))),
    "bson": ("rest", *simple("settings.bson", ["bson"], bson)),
    "git-pack": ("rest", *simple("pack-old.pack", ["git-pack"], git_pack)),
    "git-bundle": ("rest", *simple("repo.bundle", ["git-pack"], git_bundle)),
    "git-loose": ("rest", *simple("dotgit/objects/5e/b3f0", ["zlib"], loose)),
    "helm-release": ("rest", "release.yaml", helm_release),
    "gzip-base64": ("rest", "user-data.yml", gzip_base64),
}

MORE, KEEP = formats.entries(simple, hold, constants, zip_of, tar_of)
CONTAINERS |= MORE
OF_CONSTANTS |= KEEP
