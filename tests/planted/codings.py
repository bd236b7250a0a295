"""Encodings: of a single value inside a text, and of a whole text.

`value` encodes one value. The functions in `TEXTS` take marked text and give bytes and spans. A span
of an encoded document covers the fewest bytes from which an independent decoder gets the value.
"""

import base64
import html
import json
import re
import urllib.parse


def escaped(text, form):
    return "".join(form.format(ord(c)) for c in text)


def concat(text, joiner, r):
    """Pieces of a value with what a language puts between them."""
    count = r.choice([2, 2, 3])
    cuts = sorted(r.sample(range(4, len(text) - 3, 4), count - 1))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)])]
    return joiner.replace("\\n", "\n").join(pieces)


def lines_of(text, joiner, r):
    """A value cut where an editor or terminal wraps: fixed width, any joiner."""
    width = r.choice([16, 20, 24, 30])
    return joiner.replace("\\n", "\n").join(text[at:at + width] for at in range(0, len(text), width))


def invisible(text, sign, r):
    """A value with an invisible character somewhere inside."""
    at = r.randrange(4, len(text) - 2)
    return text[:at] + sign + text[at:]


VALUES = {
    "percent": (("percent",), lambda v, a, r: urllib.parse.quote(v, safe="")),
    "percentlow": (("percent",), lambda v, a, r: re.sub("%..", lambda m: m[0].lower(), urllib.parse.quote(v, safe=""))),
    "percentall": (("percent",), lambda v, a, r: escaped(v, "%{:02X}")),
    "percent2": (("percent", "percent"), lambda v, a, r: urllib.parse.quote(urllib.parse.quote(v, safe=""), safe="")),
    "slash": (("json",), lambda v, a, r: v.replace("/", "\\/")),
    "jsonu": (("json",), lambda v, a, r: v.replace("/", "\\u002f").replace("+", "\\u002b").replace("=", "\\u003d")),
    "uall": (("unicode",), lambda v, a, r: escaped(v, "\\u{:04x}")),
    "xall": (("hex-escape",), lambda v, a, r: escaped(v, "\\x{:02x}")),
    "octal": (("octal",), lambda v, a, r: escaped(v, "\\{:03o}")),
    "xml": (("xml",), lambda v, a, r: v.replace("/", "&#x2F;").replace("+", "&#43;").replace("=", "&#61;")),
    "xmlall": (("xml",), lambda v, a, r: escaped(v, "&#{};")),
    "hex": (("hex",), lambda v, a, r: v.encode().hex()),
    "hexupper": (("hex",), lambda v, a, r: v.encode().hex().upper()),
    "hexarray": (("hex-array",), lambda v, a, r: ", ".join(f"0x{ord(c):02x}" for c in v)),
    "reg": (("hex", "utf-16le"), lambda v, a, r: ",".join(f"{b:02x}" for b in (v + "\0").encode("utf-16le"))),
    "decarray": (("byte-array",), lambda v, a, r: ", ".join(str(ord(c)) for c in v)),
    "chararray": (("char-array",), lambda v, a, r: ", ".join(f"'{c}'" for c in v)),
    "b64": (("base64",), lambda v, a, r: base64.b64encode(v.encode()).decode()),
    "b64n": (("base64",), lambda v, a, r: base64.b64encode(v.encode() + b"\n").decode()),
    "b64nopad": (("base64",), lambda v, a, r: base64.b64encode(v.encode()).decode().rstrip("=")),
    "b64url": (("base64url",), lambda v, a, r: base64.urlsafe_b64encode(v.encode()).decode()),
    "b64b64": (("base64", "base64"), lambda v, a, r: base64.b64encode(base64.b64encode(v.encode())).decode()),
    "b64utf16": (("base64", "utf-16le"), lambda v, a, r: base64.b64encode(v.encode("utf-16le")).decode()),
    "concat": (("concat",), lambda v, a, r: concat(v, a, r)),
    "lines": (("continued",), lambda v, a, r: lines_of(v, a, r)),
    "zwsp": (("invisible",), lambda v, a, r: invisible(v, "\u200b", r)),
    "shy": (("invisible",), lambda v, a, r: invisible(v, "\u00ad", r)),
    "wj": (("invisible",), lambda v, a, r: invisible(v, "\u2060", r)),
    "bom": (("invisible",), lambda v, a, r: invisible(v, "\ufeff", r)),
    "qp": (("quoted-printable",), lambda v, a, r: v[:18] + "=\n" + v[18:].replace("=", "=3D")),
}


def value(name, text, argument, r):
    """The chain of encodings, outermost first, and the encoded value."""
    chain, function = VALUES[name]
    out = function(text, argument, r)
    # An encoding that changed nothing is none.
    return (() if out == text else chain), out


def cover(spans, name, start_of, end_of):
    """Spans after an encoding that maps positions."""
    for span in spans:
        span.start, span.end = start_of(span.start), end_of(span.end)
        span.chain = (name, *span.chain)
    return spans


def whole(spans, size, *names):
    """Spans inside something that has to be unpacked as a whole."""
    for span in spans:
        span.start, span.end = 0, size
        span.chain = (*names, *span.chain)
    return spans


def settle(text, codec="utf-8", bom=b""):
    import doc
    return doc.encode(text, codec, bom)


def codec_text(name, codec, bom=b""):
    def apply(text, r):
        data, spans = settle(text, codec, bom)
        for span in spans:
            span.chain = (name, *span.chain)
        return data, spans
    return apply


def wrap_lines(data, width):
    return b"\n".join(data[at:at + width] for at in range(0, len(data), width))


def base64_of(data, spans, width=0, url=False, prefix=b"", suffix=b"\n"):
    """Base64 of bytes. A span becomes the quads that hold it, line ends between them included."""
    out = base64.urlsafe_b64encode(data) if url else base64.b64encode(data)
    place = (lambda at: at + at // width) if width else (lambda at: at)
    spans = cover(
        spans, "base64url" if url else "base64",
        lambda at: len(prefix) + place(at // 3 * 4),
        lambda at: len(prefix) + place((at + 2) // 3 * 4 - 1) + 1,
    )
    return prefix + (wrap_lines(out, width) if width else out) + suffix, spans


def base64_text(width=0, url=False, codec="utf-8", twice=False, prefix=b"", suffix=b"\n"):
    def apply(text, r):
        data, spans = settle(text, codec)
        if codec != "utf-8":
            for span in spans:
                span.chain = (codec, *span.chain)
        if twice:
            data, spans = base64_of(data, spans, 0, url, suffix=b"")
        return base64_of(data, spans, width, url, prefix, suffix)
    return apply


def mapped(name, function, prefix=b"", suffix=b"", chunked=False):
    """An encoding of bytes that works byte by byte: positions follow from the lengths."""
    def apply(text, r):
        data, spans = settle(text)
        pieces = [function(data[at:at + 1]) for at in range(len(data))]
        places = [len(prefix)]
        for piece in pieces:
            places.append(places[-1] + len(piece))
        return prefix + b"".join(pieces) + suffix, cover(spans, name, places.__getitem__, places.__getitem__)
    return apply


def string_escape(text, r):
    """A file as a string in JSON, as notebooks, HAR files and API answers hold it."""
    import doc
    plain = re.sub(f"[^{doc.OPEN}{doc.BAR}{doc.CLOSE}]", lambda m: json.dumps(m[0], ensure_ascii=False)[1:-1], text)
    return settle('{"name": "file", "content": "' + plain + '"}\n')


def string_escape_twice(text, r):
    import doc
    sign = f"[^{doc.OPEN}{doc.BAR}{doc.CLOSE}]"
    for _ in range(2):
        text = re.sub(sign, lambda m: json.dumps(m[0], ensure_ascii=False)[1:-1], text)
    return settle('{"body": "{\\"content\\": \\"' + text + '\\"}"}\n')


def xml_text(text, r):
    return settle("<item><body>" + html.escape(text) + "</body></item>\n")


def quoted_printable(text, r):
    """A mail body as many programs send it, with soft line breaks."""
    data, spans = settle(text)
    head = b"Subject: access\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    out, starts, ends, width = bytearray(head), [], [len(head)], 0
    for at, byte in enumerate(data):
        before_end = data[at + 1:at + 2] in (b"\n", b"")
        plain = 32 < byte < 127 and byte != 61 or byte == 32 and not before_end or byte == 10
        token = bytes([byte]) if plain else b"=%02X" % byte
        if byte != 10 and width + len(token) > 75:
            out += b"=\n"
            width = 0
        starts.append(len(out))
        out += token
        ends.append(len(out))
        width = 0 if byte == 10 else width + len(token)
    starts.append(len(out))
    return bytes(out), cover(spans, "quoted-printable", starts.__getitem__, ends.__getitem__)


def xxd(text, r):
    """The dump that `xxd` and `hexdump -C` write."""
    data, spans = settle(text)
    rows = []
    for at in range(0, len(data), 16):
        row = data[at:at + 16]
        pairs = " ".join(row[i:i + 2].hex() for i in range(0, len(row), 2))
        shown = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        rows.append(f"{at:08x}: {pairs:<39}  {shown}")
    out = "\n".join(rows).encode() + b"\n"
    return out, whole(spans, len(out), "hex-dump")


BYTE = lambda form: (lambda b: form.format(b[0]).encode())
PERCENT = lambda b: urllib.parse.quote_from_bytes(b, safe="").encode()

# Name: class and function.
TEXTS = {
    "utf-16le-bom": ("hard", codec_text("utf-16le", "utf-16-le", b"\xff\xfe")),
    "utf-16be-bom": ("hard", codec_text("utf-16be", "utf-16-be", b"\xfe\xff")),
    "utf-16le": ("hard", codec_text("utf-16le", "utf-16-le")),
    "utf-16be": ("hard", codec_text("utf-16be", "utf-16-be")),
    "utf-32le-bom": ("rest", codec_text("utf-32le", "utf-32-le", b"\xff\xfe\0\0")),
    "utf-32be": ("rest", codec_text("utf-32be", "utf-32-be")),
    "utf-8-bom": ("plain", codec_text("utf-8", "utf-8", b"\xef\xbb\xbf")),
    "latin-1": ("hard", lambda text, r: codec_text("latin-1", "latin-1")("# Zugänge für Müller, geändert\n" + text, r)),
    "cp1252": ("hard", lambda text, r: codec_text("cp1252", "cp1252")("# Accès – clé “prod”\n" + text, r)),
    "shift-jis": ("hard", lambda text, r: codec_text("shift-jis", "shift-jis")("# 本番の鍵\n" + text, r)),
    "koi8-r": ("hard", lambda text, r: codec_text("koi8-r", "koi8-r")("# ключи доступа\n" + text, r)),
    "base64": ("hard", base64_text()),
    "base64-76": ("hard", base64_text(76)),
    "base64-64": ("hard", base64_text(64)),
    "base64-url": ("hard", base64_text(url=True)),
    "base64-data-url": ("hard", base64_text(prefix=b'<a href="data:text/plain;base64,', suffix=b'">config</a>\n')),
    "base64-twice": ("rest", base64_text(twice=True)),
    "base64-twice-76": ("rest", base64_text(76, twice=True)),
    "base64-utf-16le": ("rest", base64_text(codec="utf-16le", prefix=b"powershell.exe -NoProfile -EncodedCommand ")),
    "base64-mime": ("hard", base64_text(76, prefix=b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=keys.txt\n\n")),
    "base64-github-api": ("hard", base64_text(prefix=b'{"type": "file", "encoding": "base64", "content": "', suffix=b'"}\n')),
    "hex": ("rest", mapped("hex", BYTE("{:02x}"), suffix=b"\n")),
    "hex-colons": ("rest", mapped("hex", BYTE("{:02x}:"), prefix=b"    ", suffix=b"\n")),
    "hex-upper": ("rest", mapped("hex", BYTE("{:02X}"), prefix=b"payload: ", suffix=b"\n")),
    "xxd": ("rest", xxd),
    "c-array": ("rest", mapped("hex-array", BYTE("0x{:02x}, "), b"unsigned char config_ini[] = {\n  ", b"0x00 };\n")),
    "hex-escapes": ("rest", mapped("hex-escape", BYTE("\\x{:02x}"), b'const char *blob = "', b'";\n')),
    "unicode-escapes": ("rest", mapped("unicode", BYTE("\\u{:04x}"), b'var blob = "', b'";\n')),
    "octal-escapes": ("rest", mapped("octal", BYTE("\\{:03o}"), b'static const char *blob = "', b'";\n')),
    "percent": ("hard", mapped("percent", PERCENT, b"POST /import HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\nname=file&content=", b"&submit=1\n")),
    "percent-all": ("rest", mapped("percent", BYTE("%{:02X}"), b"javascript:void(unescape('", b"'))\n")),
    "xml-numeric": ("rest", mapped("xml", BYTE("&#{};"), b"<pre>", b"</pre>\n")),
    "xml-numeric-hex": ("rest", mapped("xml", BYTE("&#x{:x};"), b"<pre>", b"</pre>\n")),
    "json-string": ("plain", string_escape),
    "json-string-twice": ("hard", string_escape_twice),
    "xml-escaped": ("plain", xml_text),
    "quoted-printable": ("hard", quoted_printable),
}
