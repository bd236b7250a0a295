"""More files that hold other files: pictures, programs, databases, archives of other systems.

Entries have the shape of those in `containers.py`, which takes them over.
"""

import gzip
import marshal
import io
import struct
import zipfile
import zlib

from codings import base64_of

WHEN = 1_600_000_000


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_itxt(data, packed):
    body = b"XML:com.adobe.xmp\0" + (b"\x01" if packed else b"\0") + b"\0en\0\0" + (zlib.compress(data) if packed else data)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"iTXt", body) + chunk(b"IDAT", zlib.compress(bytes(52))) + chunk(b"IEND", b"")


def jpeg_comment(data, r):
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xfe" + struct.pack(">H", len(data) + 2) + data + b"\xff\xda" + r.randbytes(300) + b"\xff\xd9"


def swf(data, r):
    body = r.randbytes(60) + data + r.randbytes(60)
    return b"CWS\x0a" + struct.pack("<I", len(body) + 8) + zlib.compress(body)


def cpio(data):
    def member(name, body):
        head = b"070701" + b"".join(b"%08X" % n for n in (1, 0o100644, 0, 0, 1, WHEN, len(body), 0, 0, 0, 0, len(name) + 1, 0))
        out = head + name + b"\0"
        out += bytes(-len(out) % 4) + body
        return out + bytes(-len(out) % 4)
    return member(b"etc/app.conf", data) + member(b"TRAILER!!!", b"")


def rpm(data, r):
    return b"\xed\xab\xee\xdb\x03\0\0\0" + r.randbytes(88) + b"\x8e\xad\xe8\x01" + r.randbytes(500) + gzip.compress(cpio(data), mtime=0)


def npy(texts):
    """An array of fixed-width strings: four bytes a character."""
    width = max(map(len, texts))
    head = f"{{'descr': '<U{width}', 'fortran_order': False, 'shape': ({len(texts)},), }}"
    head += " " * (63 - (len(head) + 10) % 64) + "\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head.encode() + b"".join(t.ljust(width, "\0").encode("utf-32-le") for t in texts)


def mat(texts):
    body = b"".join(struct.pack("<II", 16, len(t)) + t.encode() + bytes(-len(t) % 8) for t in texts)
    packed = zlib.compress(body)
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM" + struct.pack("<II", 15, len(packed)) + packed


def avro(data, deflate):
    def text(value):
        return bytes([len(value) * 2 % 128 | (128 if len(value) > 63 else 0)] + ([len(value) * 2 // 128] if len(value) > 63 else [])) + value
    sync = bytes(range(16))
    body = text(data[:8000])
    if deflate:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = packer.compress(body) + packer.flush()
    codec = b"deflate" if deflate else b"null"
    return b"Obj\x01\x04" + text(b"avro.codec") + text(codec) + text(b"avro.schema") + text(b'"string"') + b"\0" + sync + b"\x02" + text(body) + sync


def ruby_marshal(texts):
    def length(count):
        if count < 123:
            return bytes([count + 5])
        return b"\x01" + bytes([count]) if count < 256 else b"\x02" + struct.pack("<H", count)
    return b"\x04\x08[" + length(len(texts)) + b"".join(b'I"' + length(len(t.encode())) + t.encode() + b"\x06:\x06ET" for t in texts)


def java_object(texts):
    return b"\xac\xed\0\x05sr\0\x13java.util.ArrayListx\x81\xd2\x1d\x99\xc7a\x9d\x03\0\x01I\0\x04sizexp\0\0\0\x02w\x04\0\0\0\x02" + b"".join(b"t" + struct.pack(">H", len(t.encode())) + t.encode() for t in texts) + b"x"


def dex(texts):
    return b"dex\n035\0" + bytes(104) + b"".join(bytes([len(t) % 128]) + t.encode() + b"\0" for t in texts)


def wasm(texts):
    body = b"".join(t.encode() + b"\0" for t in texts)
    return b"\0asm\x01\0\0\0\x0b" + bytes([len(body) % 128 | 128, len(body) // 128]) + body


def wide(texts, order):
    """Strings of a Windows or Mac file, two bytes a character, with lengths between them."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + b"".join(struct.pack("<H", len(t)) + t.encode(order) + b"\0\0" for t in texts) + bytes(100)


def leveldb(texts, r):
    body = b"".join(b"\x01" + bytes([len(f"k{n}")]) + f"k{n}".encode() + bytes([len(t.encode()) % 128]) + t.encode() for n, t in enumerate(texts))
    return r.randbytes(4) + struct.pack("<HB", len(body) % 65536, 1) + bytes(8) + struct.pack("<I", len(texts)) + body


def macho(texts, r):
    return b"\xcf\xfa\xed\xfe\x07\0\0\x01" + r.randbytes(400) + b"__cstring\0" + b"\0".join(t.encode() for t in texts) + b"\0" + r.randbytes(200)


def go_strings(texts, r):
    """A Go program keeps its strings one after the other, with nothing between."""
    return b"\x7fELF\x02\x01\x01" + bytes(57) + r.randbytes(300) + b"\xff Go build ID: \"x\"\n" + b" is not a valid " + b"".join(t.encode() + b", not " for t in texts) + r.randbytes(200)


def pyc_at(data, texts):
    """A compiled module as Python 2.7 wrote it: no short strings, no references."""
    body = b"".join(b"s" + struct.pack("<I", len(t.encode())) + t.encode() for t in texts)
    return b"\x03\xf3\r\n" + struct.pack("<I", WHEN) + b"c" + bytes(16) + b"(" + struct.pack("<I", len(texts)) + body


def marshalled(texts):
    # Single characters are marked if something else uses them.
    return marshal.dumps(tuple(text for text in texts if len(text) > 1))


def zip_streamed(data):
    """A zip whose sizes stand behind the files, as those that are written to a pipe."""
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.out = bytearray()

        def writable(self):
            return True

        def write(self, some):
            self.out += bytes(some)
            return len(some)
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a.ini", (2020, 1, 2, 3, 4, 6)), data, zipfile.ZIP_DEFLATED)
    return bytes(pipe.out)


def self_extracting(data, zipped, r):
    return b"#!/usr/bin/env python3\n" + zipped


def shar_base64(data, spans, r):
    return base64_of(data, spans, 76, prefix=b"#!/bin/sh\nbase64 -d > app.conf <<'EOF'\n", suffix=b"\nEOF\n")


def mime_gzip(data, spans, r, hold):
    inner, spans = hold(data, spans, gzip.compress(data, mtime=0), "gzip")
    return base64_of(inner, spans, 76, prefix=b"Content-Type: application/gzip; name=a.gz\nContent-Transfer-Encoding: base64\n\n")


def json_gzip(data, spans, r, hold):
    inner, spans = hold(data, spans, zlib.compress(data), "zlib")
    return base64_of(inner, spans, prefix=b'{"SAMLRequest": "', suffix=b'"}\n')


def entries(simple, hold, constants, zip_of, tar_of):
    """Name: class, file name, function; and the names of those that keep only the values."""
    def of_texts(name, file, chain, function):
        keep.add(name)
        table[name] = ("rest", *simple(file, chain, lambda d, r: function(constants(d), r)))

    keep = set()
    table = {
        "png-itxt": ("rest", *simple("shot3.png", ["png"], lambda d, r: png_itxt(d, False))),
        "png-itxt-packed": ("rest", *simple("shot4.png", ["zlib"], lambda d, r: png_itxt(d, True))),
        "jpeg-comment": ("rest", *simple("photo.jpg", ["jpeg"], jpeg_comment)),
        "swf": ("rest", *simple("app.swf", ["zlib"], swf)),
        "cpio": ("rest", *simple("initrd.cpio", ["cpio"], lambda d, r: cpio(d))),
        "cpio-gzip": ("rest", *simple("initrd.img", ["gzip"], lambda d, r: gzip.compress(cpio(d), mtime=0))),
        "rpm": ("rest", *simple("acme.rpm", ["gzip"], rpm)),
        "avro": ("rest", *simple("rows.avro", ["avro"], lambda d, r: avro(d, False))),
        "zip-streamed": ("hard", *simple("piped.zip", ["zip"], lambda d, r: zip_streamed(d))),
        "pyz": ("rest", *simple("app.pyz", ["zip"], lambda d, r: self_extracting(d, zip_of([("__main__.py", d)]), r))),
        "war": ("rest", *simple("app.war", ["zip", "zip"], lambda d, r: zip_of([("WEB-INF/lib/a.jar", zip_of([("a.properties", d)])), ("index.html", "x")]))),
        "gem": ("rest", *simple("acme-1.0.gem", ["tar", "gzip"], lambda d, r: tar_of([("data.tar.gz", gzip.compress(tar_of([("lib/a.rb", d)]), mtime=0))]))),
        "svgz": ("hard", *simple("plan.svgz", ["gzip"], lambda d, r: gzip.compress(b"<svg><!--" + d + b"--></svg>", mtime=0))),
        "tgz-in-tar": ("rest", *simple("chart.tar", ["tar", "gzip", "tar"], lambda d, r: tar_of([("c.tgz", gzip.compress(tar_of([("c/values.yaml", d)]), mtime=0))]))),
        "pptx": ("hard", *simple("Talk.pptx", ["zip"], lambda d, r: zip_of([("ppt/slides/slide1.xml", "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in escape(d)))]))),
        "epub": ("hard", *simple("Book.epub", ["zip"], lambda d, r: zip_of([("mimetype", "application/epub+zip"), ("OEBPS/a.xhtml", "<pre>" + "\n".join(escape(d)) + "</pre>")]))),
        "shar": ("hard", "app.shar", shar_base64),
        "mime-gzip": ("rest", "part.eml", lambda d, s, r: mime_gzip(d, s, r, hold)),
        "saml-zlib": ("rest", "saml.json", lambda d, s, r: json_gzip(d, s, r, hold)),
    }
    of_texts("npy", "names.npy", ["utf-32le"], lambda t, r: npy(t))
    of_texts("mat", "data.mat", ["zlib"], lambda t, r: mat(t))
    of_texts("ruby-marshal", "cache.marshal", ["marshal"], lambda t, r: ruby_marshal(t))
    of_texts("java-object", "state.ser", ["java"], lambda t, r: java_object(t))
    of_texts("dex", "classes.dex", ["dex"], lambda t, r: dex(t))
    of_texts("wasm", "app.wasm", ["wasm"], lambda t, r: wasm(t))
    of_texts("ole-utf16", "memo.doc", ["utf-16le"], lambda t, r: wide(t, "utf-16-le"))
    of_texts("utf16be-strings", "DS_Store.bin", ["utf-16be"], lambda t, r: wide(t, "utf-16-be"))
    of_texts("leveldb", "000003.log", ["leveldb"], leveldb)
    of_texts("macho", "app.macho", ["macho"], macho)
    of_texts("go-program", "app.elf", ["elf"], go_strings)
    of_texts("pyc-27", "keys.pyc", ["pyc"], lambda t, r: pyc_at(None, t))
    of_texts("marshal", "keys.marshal", ["pyc"], lambda t, r: marshalled(t))
    return table, keep


def escape(data):
    text = data.decode("utf-8", "replace").replace("&", "&amp;").replace("<", "&lt;").replace("\0", "")
    return text.splitlines()
