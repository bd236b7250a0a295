#!/usr/bin/env python3
"""Makes repositories of shapes that public ones seldom have, for `benches/compare.py`.

    python3 benches/shapes.py DIR [SHAPE...]

The same files, dates and identities come out each time. Standard library only; needs git.

large-binaries  files of 4 to 40 MB that hardly compress, each in a few versions
many-loose      very many small objects, none of them packed
one-huge-file   a linear history in which each commit changes a few lines of one large file
"""

import argparse
import hashlib
import pathlib
import random
import subprocess
import sys
import zlib

WHO = "A U Thor <author@example.com>"
WORDS = [f"{head}{tail}" for head in ("ka", "lo", "mi", "re", "su", "to") for tail in
         ("ban", "cler", "dim", "fort", "gal", "hest", "jun", "kor", "lim", "mast")]


def git(repo, *arguments, **more):
    return subprocess.run(["git", "-C", repo, *arguments], check=True, **more)


def fast_import(repo):
    git(repo, "init", "-q", "--bare", ".")
    return subprocess.Popen(
        ["git", "-C", repo, "fast-import", "--quiet", "--force"], stdin=subprocess.PIPE
    )


def commit(stream, number, files):
    """Writes one commit that sets these files."""
    message = f"Change {number}\n".encode()
    stream.write(f"commit refs/heads/main\ncommitter {WHO} {1_600_000_000 + number * 600} +0000\n".encode())
    stream.write(b"data %d\n%b" % (len(message), message))
    for name, content in files:
        stream.write(b"M 100644 inline %b\ndata %d\n%b\n" % (name.encode(), len(content), content))
    stream.write(b"\n")


def line(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(4, 12))).encode() + b"\n"


def large_binaries(repo, rng):
    writer = fast_import(repo)
    number = 0
    for file in range(24):
        content = bytearray(rng.randbytes(rng.randint(4_000_000, 40_000_000)))
        for _ in range(3):
            commit(writer.stdin, number, [(f"asset-{file:02}.bin", bytes(content))])
            at = rng.randrange(len(content) - 200_000)
            content[at : at + 100_000] = rng.randbytes(100_000)
            number += 1
    writer.stdin.close()
    writer.wait()
    git(repo, "repack", "-adfq", "--depth=50", "--window=10")


def many_loose(repo, rng):
    git(repo, "init", "-q", "--bare", ".")
    objects = pathlib.Path(repo) / "objects"
    names = {}
    for number in range(120_000):
        content = b"".join(line(rng) for _ in range(rng.randint(1, 20)))
        names[f"{number:06}"] = write_loose(objects, b"blob", content)
    folders = []
    for start in range(0, 120_000, 400):
        rows = b"".join(
            b"100644 %06d\0%b" % (number, names[f"{number:06}"])
            for number in range(start, start + 400)
        )
        folders.append((start, write_loose(objects, b"tree", rows)))
    root = write_loose(
        objects, b"tree", b"".join(b"40000 d%06d\0%b" % folder for folder in folders)
    )
    text = f"tree {root.hex()}\nauthor {WHO} 1600000000 +0000\ncommitter {WHO} 1600000000 +0000\n\nAll\n"
    tip = write_loose(objects, b"commit", text.encode())
    git(repo, "update-ref", "refs/heads/main", tip.hex())


def write_loose(objects, kind, content):
    whole = b"%b %d\0%b" % (kind, len(content), content)
    name = hashlib.sha1(whole)
    path = objects / name.hexdigest()[:2] / name.hexdigest()[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(whole, 1))
    return name.digest()


def one_huge_file(repo, rng):
    lines = [line(rng) for _ in range(80_000)]
    writer = fast_import(repo)
    for number in range(3_000):
        commit(writer.stdin, number, [("data.txt", b"".join(lines))])
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(lines))
            lines[at : at + rng.randint(0, 2)] = [line(rng) for _ in range(rng.randint(0, 3))]
    writer.stdin.close()
    writer.wait()
    git(repo, "repack", "-adq", "--depth=50", "--window=10")


SHAPES = {
    "large-binaries": large_binaries,
    "many-loose": many_loose,
    "one-huge-file": one_huge_file,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help="default: all of them")
    options = parser.parse_args()
    unknown = [name for name in options.shapes if name not in SHAPES]
    if unknown:
        sys.exit(f"unknown shape {unknown[0]}; there are: {', '.join(SHAPES)}")
    for name in options.shapes or SHAPES:
        repo = options.folder / name
        if repo.exists():
            print(f"{repo} exists, left as it is", file=sys.stderr)
            continue
        repo.mkdir(parents=True)
        SHAPES[name](repo, random.Random(f"keysweep {name}"))
        print(repo)


if __name__ == "__main__":
    main()
