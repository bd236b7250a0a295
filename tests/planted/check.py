#!/usr/bin/env python3
"""Checks the generator itself: the truth holds, idioms are distinct, equal seeds give equal files.

    python3 tests/planted/check.py [--seed 1]
"""

import argparse
import collections
import filecmp
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import decode  # noqa: E402
import generate  # noqa: E402
import keys  # noqa: E402
from doc import settle  # noqa: E402


class Objects:
    """Contents of a repository's objects, as git gives them."""

    def __init__(self, path):
        folder = path / ".git" if (path / ".git").exists() else path
        environment = {"PATH": os.environ.get("PATH", ""), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1"}
        command = ["git", "-c", "safe.directory=*", "--git-dir", folder, "cat-file", "--batch"]
        self.git = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.known = {}

    def __getitem__(self, oid):
        if oid not in self.known:
            self.git.stdin.write(oid.encode() + b"\n")
            self.git.stdin.flush()
            head = self.git.stdout.readline().split()
            self.known[oid] = self.git.stdout.read(int(head[2])) if len(head) == 3 else b""
            if len(head) == 3:
                self.git.stdout.read(1)
        return self.known[oid]

    def close(self):
        self.git.stdin.close()
        self.git.wait()
        self.git.stdout.close()


def truth_holds(folder, truth):
    """Every part of every leak is where the truth says, and decodes to its value."""
    wrong = []
    for repo in truth["repos"]:
        objects = Objects(pathlib.Path(folder) / repo)
        for leak in (leak for leak in truth["leaks"] if leak["repo"] == repo):
            for part in leak["parts"]:
                value = leak[part["part"]]
                where = f"{leak['leak']} {leak['idiom']} ({leak['text']}): {part['part']}"
                if hashlib.sha256(value.encode()).hexdigest() != part["sha256"]:
                    wrong.append(f"{where}: another hash")
                if part["object"] is None:
                    continue
                cut = objects[part["object"]][part["start"]:part["end"]]
                exact = cut == value.encode()
                if not part["encodings"] and not exact:
                    wrong.append(f"{where}: plain, but the bytes differ")
                elif not exact and not decode.reveals(cut, value):
                    wrong.append(f"{where}: {part['encodings']} do not give the value")
        objects.close()
    return wrong


def idioms_are_distinct(registry):
    """No two idioms write the same text, whatever the keys."""
    texts = collections.defaultdict(list)
    for idiom in registry.values():
        r = keys.rng("distinct")
        creds = [keys.make(keys.rng("distinct", n, kind), kind) for n, kind in enumerate(idiom.kinds)]
        texts[settle(idiom.make(creds, r))[0] + "\n" + idiom.path.rsplit("/", 1)[-1]].append(idiom.name)
    return [f"the same text: {names}" for names in texts.values() if len(names) > 1]


def files_of(folder):
    folder = pathlib.Path(folder)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def same(first, second):
    if files_of(first) != files_of(second):
        return ["two runs with one seed give other file names"]
    _, differ, errors = filecmp.cmpfiles(first, second, files_of(first), shallow=False)
    return [f"two runs with one seed differ in {name}" for name in differ + errors]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        first, second = os.path.join(folder, "a"), os.path.join(folder, "b")
        truth = generate.generate(first, options.seed)
        generate.generate(second, options.seed)
        other = generate.plan(generate.idioms.load(), options.seed + "x")
        wrong = same(first, second) + truth_holds(first, truth) + idioms_are_distinct(generate.idioms.REGISTRY)
        values = [leak[part] for leak in truth["leaks"] for part in ("id", "secret", "key") if part in leak]
        if len(set(values)) != len(values):
            wrong.append("a value occurs in two leaks")
        if not other:
            wrong.append("no plan")
    print("\n".join(wrong) if wrong else f"{len(truth['leaks'])} leaks, {len(truth['decoys'])} decoys: all as stated")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
