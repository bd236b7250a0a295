"""Documents that know where their secrets are: templates, marks, byte ranges.

A template is text with holes: «id», «secret», «token», «key» are parts of a credential, and may be
encoded on the way («secret:percent», «secret:concat:" + "»). «2.id» belongs to the second
credential. Other holes are filled with harmless things («bucket», «hex40»), the same each time in
one document unless numbered («hex40.2»). «?a¦b» is one of several. While a document is made, a
part stands between marks from Unicode's private use area; `settle` removes them and notes the
byte ranges.
"""

import base64
import dataclasses
import re

import codings as enc

OPEN, BAR, CLOSE = "\ue000", "\ue001", "\ue002"
PARTS = ("id", "secret", "token", "key")
HOLE = re.compile("«([^»]+)»")
MARKED = re.compile(f"{OPEN}([^{BAR}]*){BAR}([^{CLOSE}]*){CLOSE}")
WORDS = """atlas beacon billing catalog cobalt delta ember falcon gateway harbor indigo jasper kiosk
lumen metrics nimbus orbit parcel quartz ranger signal tundra umbra vector willow xenon yonder
zephyr archive ledger invoice search mailer portal tracker worker studio depot forge""".split()
RUN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
EMAILS = ["sre@acme.test", "ops@northwind.test", "dev@initech.test", "j.doe@hooli.test"]


@dataclasses.dataclass
class Span:
    """Where a part of a credential lies in a document, and how it is encoded there."""

    cred: int
    part: str
    start: int
    end: int
    chain: tuple = ()


@dataclasses.dataclass
class Doc:
    """The bytes of a file, and the spans of the secrets in it."""

    path: str
    data: bytes
    spans: list


def mark(cred, part, text, chain=()):
    """Text that will become a span."""
    return f"{OPEN}{cred} {part} {','.join(chain)}{BAR}{text}{CLOSE}"


def settle(text):
    """Removes the marks: plain text and its spans, in characters."""
    out, spans, at = [], [], 0
    length = 0
    for m in MARKED.finditer(text):
        out.append(text[at:m.start()])
        length += m.start() - at
        cred, part, chain = m[1].split(" ")
        spans.append(Span(int(cred), part, length, length + len(m[2]), tuple(filter(None, chain.split(",")))))
        out.append(m[2])
        length += len(m[2])
        at = m.end()
    out.append(text[at:])
    plain = "".join(out)
    assert OPEN not in plain and CLOSE not in plain, "marks do not nest"
    return plain, spans


def encode(text, codec="utf-8", bom=b""):
    """Settles a marked text and encodes it: bytes and spans in bytes."""
    plain, spans = settle(text)
    data, at, offsets = [bom], len(bom), {}
    cuts = sorted({0, len(plain), *(s.start for s in spans), *(s.end for s in spans)})
    for start, end in zip(cuts, cuts[1:]):
        offsets[start] = at
        piece = plain[start:end].encode(codec)
        data.append(piece)
        at += len(piece)
    offsets[len(plain)] = at
    for span in spans:
        span.start, span.end = offsets[span.start], offsets[span.end]
    return b"".join(data), spans


def filler(name, r):
    """Something harmless of the kind that real files are full of."""
    kind = name.split(".")[0]
    if kind in ("laquo", "raquo"):
        return {"laquo": "\u00ab", "raquo": "\u00bb"}[kind]
    if kind.startswith("hex"):
        return r.randbytes(int(kind[3:]) // 2).hex()
    if kind == "other":
        # Another program's secret of the same form.
        return base64.b64encode(r.randbytes(30)).decode()
    if kind.startswith("num"):
        return str(r.randrange(10 ** (int(kind[3:] or 4) - 1), 10 ** int(kind[3:] or 4)))
    if kind.startswith("run"):
        return "".join(r.choice(RUN) for _ in range(int(kind[3:])))
    if kind == "uuid":
        h = r.randbytes(16).hex()
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"
    if kind == "word":
        return r.choice(WORDS)
    if kind == "bucket":
        return f"{r.choice(WORDS)}-{r.choice(['assets', 'backups', 'uploads', 'logs', 'data'])}-{r.choice(['prod', 'stage', 'eu', 'dev'])}"
    if kind == "host":
        return f"{r.choice(WORDS)}.{r.choice(['acme', 'northwind', 'hooli'])}.test"
    if kind == "email":
        return r.choice(EMAILS)
    if kind == "date":
        return f"20{r.randrange(15, 26)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}"
    if kind == "time":
        return f"{r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}"
    if kind == "pw":
        return "".join(r.choice("abcdefghkmnpqrstuvwxyz23456789") for _ in range(12))
    if kind == "ip":
        return f"10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(1, 255)}"
    raise KeyError(name)


def hole(text, creds, r, cache):
    """What stands in place of one hole."""
    if text.startswith("?"):
        return r.choice(text[1:].split("¦"))
    index, name = 0, text
    number, dot, rest = text.partition(".")
    if dot and number.isdigit():
        index, name = int(number) - 1, rest
    name, _, how = name.partition(":")
    values = creds[index] if creds else {}
    if name in PARTS:
        if not how:
            return mark(index, name, values[name])
        encoder, _, argument = how.partition(":")
        chain, out = enc.value(encoder, values[name], argument, r)
        return mark(index, name, out, chain)
    if name == "query":
        return values["query"].replace(values["id"], mark(index, "id", values["id"]), 1)
    if name in values:
        return values[name]
    if text not in cache:
        cache[text] = filler(name, r)
    return cache[text]


def fill(template, creds, r, cache=None):
    """Fills the holes of a template; the result is marked text."""
    cache = {} if cache is None else cache
    return HOLE.sub(lambda m: hole(m[1], creds, r, cache), template)


COMMENTS = {
    "#": "py rb sh pl yml yaml toml conf cfg properties env tf r jl ex exs nix tcl mk ps1 service fish cr nim".split(),
    "//": "js ts tsx jsx java kt go rs c cc cpp h cs swift scala groovy gradle php dart zig fs jenkinsfile m".split(),
    "--": "sql lua hs elm".split(), ";": "ini el clj scm lisp asm".split(), "%": "erl tex".split(),
    "'": "vb vbs bas".split(),
}
REMARKS = [
    "Internal use only.", "Last change: see the history of this file.", "Settings for the nightly job",
    "keep in sync with staging", "moved here from the old server", "generated once, then edited by hand",
    "see the wiki for how this is deployed", "do not reformat", "owner: platform team",
]


def comment_of(path):
    ending = path.rsplit("/", 1)[-1].rsplit(".", 1)[-1].lower()
    for sign, endings in COMMENTS.items():
        if ending in endings:
            return sign
    return None


def texture(text, path, r):
    """What editors and habits do to a text: remarks above, Windows line ends, no last line end."""
    sign = comment_of(path)
    if sign and not text.startswith(("#!", "<?", "\ufeff")) and r.random() < 0.4:
        lines = r.sample(REMARKS, r.randrange(1, 4))
        text = "".join(f"{sign} {line}\n" for line in lines) + r.choice(["", "\n"]) + text
    roll = r.random()
    if roll < 0.08 and "-----BEGIN" not in text:
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    elif roll < 0.2:
        text = text.rstrip("\n")
    return text
