#!/usr/bin/env python3
"""What a sweep costs after new commits, with the cache from before.

Works on a copy of a bare repository whose files are hard links: nothing of the original changes.
Sweeps it until the cache knows it all, adds commits by `git fast-import` (each changes some files by a
line), and measures the next sweep several times, each time with a copy of the cache from before.
With `--keys` a first commit brings files with made-up keys, so that there are findings.

    python3 benches/growing.py REPOSITORY --commits 100 --rounds 5
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import string
import subprocess
import sys
import tempfile

from compare import HERE, environment
from measure import measure

WHEN = 1_790_000_000


def link(source, target):
    """A hard link, or a copy where none can be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


class Copy:
    """The copy, and what is done to it."""

    def __init__(self, original, folder):
        self.path = folder / "repository"
        shutil.copytree(original, self.path, copy_function=link)
        for name in ("HEAD", "packed-refs", "config"):
            file = self.path / name
            if file.exists():
                content = file.read_bytes()
                file.unlink()
                file.write_bytes(content)
        shutil.rmtree(self.path / "refs")
        shutil.copytree(original / "refs", self.path / "refs")
        self.env = environment(folder)

    def git(self, *arguments, given=b""):
        command = ["git", "-C", self.path, "-c", "fastimport.unpackLimit=1", *arguments]
        return subprocess.run(command, env=self.env, input=given, capture_output=True, check=True).stdout

    def head(self):
        return self.git("rev-parse", "HEAD").decode().strip()

    def commit(self, parts):
        self.git("fast-import", "--quiet", "--force", given=b"".join(parts))


def commit(branch, number, parent, files):
    """One commit for `git fast-import`."""
    message = b"change %d\n" % number
    yield b"commit %s\ncommitter A U Thor <a@example.com> %d +0000\n" % (branch, WHEN + number * 600)
    yield b"data %d\n%s" % (len(message), message)
    if parent:
        yield b"from %s\n" % parent.encode()
    for path, content in files:
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(content), content)
    yield b"\n"


def with_keys(count, rng):
    """Files with keys that belong to nobody."""
    for number in range(count):
        key = "AKIA" + "".join(rng.choices(string.ascii_uppercase + "234567", k=16))
        secret = "".join(rng.choices(string.ascii_letters + string.digits + "/+", k=40))
        text = f"[p{number}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
        yield b"conf/%d.ini" % number, text.encode()


def changes(copy, head, count, rng):
    """So many commits that each insert a line into three files."""
    listing = copy.git("ls-tree", "-r", "-z", head).split(b"\0")
    paths = [line.split(b"\t")[1] for line in listing if b" blob " in line]
    paths = [path for path in paths if path.endswith((b".c", b".py", b".rs", b".go", b".js", b".md"))]
    contents = {}
    for number in range(count):
        chosen = rng.sample(paths, 3)
        for path in chosen:
            if path not in contents:
                contents[path] = copy.git("cat-file", "blob", f"{head}:".encode() + path).split(b"\n")
            contents[path].insert(rng.randrange(len(contents[path])), b"/* note %d */" % number)
        files = [(path, b"\n".join(contents[path])) for path in chosen]
        yield from commit(b"refs/heads/new-commits", number, head if number == 0 else None, files)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("--keysweep", type=pathlib.Path, default=HERE.parent / "target/release/keysweep")
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--keys", type=int, default=0, help="files with keys that are there before")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rng = random.Random(5)
    with tempfile.TemporaryDirectory(prefix="growing-") as folder:
        folder = pathlib.Path(folder)
        copy = Copy(options.repository.resolve(), folder)
        if options.keys:
            branch = copy.git("symbolic-ref", "HEAD").strip()
            copy.commit(commit(branch, 0, copy.head(), with_keys(options.keys, rng)))

        def sweep(cache):
            report = folder / "report.json"
            command = [options.keysweep.resolve(), "sweep", copy.path, "-q", "-j", "2", "--cache-dir", cache,
                       "-o", f"json={report}"]
            run = measure([str(word) for word in command], copy.env, folder)
            objects = json.loads(report.read_text())["coverage"]["objects"].values()
            return run, sum(kind["read"] for kind in objects)

        def tell(what, runs):
            cpu, wall = ([run[key] for run, _ in runs] for key in ("cpu", "wall"))
            print(f"{what}: {statistics.median(cpu):.2f} s CPU ({min(cpu):.2f} to {max(cpu):.2f}), "
                  f"{statistics.median(wall):.2f} s wall, {runs[-1][1]} objects read", flush=True)

        cache = folder / "cache-before"
        tell("first sweep", [sweep(cache)])
        sweep(cache)
        tell("unchanged", [sweep(cache) for _ in range(options.rounds)])
        copy.commit(changes(copy, copy.head(), options.commits, rng))
        runs = []
        for _ in range(options.rounds):
            # Files in a cache are never changed in place.
            shutil.copytree(cache, folder / "cache", copy_function=link)
            runs.append(sweep(folder / "cache"))
            shutil.rmtree(folder / "cache")
        tell(f"after {options.commits} commits", runs)


if __name__ == "__main__":
    sys.exit(main())
