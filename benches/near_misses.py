#!/usr/bin/env python3
"""Bytes per second on text made to waste time: near misses of every rule.

    python3 benches/near_misses.py --keysweep target/release/keysweep [--size 12] [--rule NAME]

For each rule, each of its literals is put where the rule almost matches, again and again, beside an
access key ID if the rule wants one. One file a text, a repository for each; the time is user plus
system of the whole process, less that for an empty repository. Linear work shows as a figure that
does not fall when `--size` grows.
"""

import argparse
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import tomllib

PATTERNS = pathlib.Path(__file__).resolve().parent.parent / "patterns"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def run(r, count, alphabet=ALPHABET):
    return "".join(r.choices(alphabet, k=count))


def shapes(literal, r):
    """One near miss each: too short, too long, of the wrong kind, without an end."""
    value = run(r, 40)
    return {
        "literal only": literal,
        "label": f"{literal} = ",
        "one short": f"{literal}=\"{value[:39]}\"\n",
        "one long": f"{literal}_key: {value}a\n",
        "hexadecimal": f"aws_{literal}_access_key = {r.randbytes(20).hex()}\n",
        "words between": f"aws {literal} access key key name value string type const text ",
        "long label": "aws_" * 8 + literal,
        "padding": f"{literal}{value}{value}{value}=\n",
    }


def near_misses(rules, r):
    """Rule and shape, and a text to repeat."""
    for rule in rules:
        beside = f"AKIA{run(r, 16, BASE32)} " if "near" in rule else ""
        literals = rule.get("prefilter") or ["AKIA"]
        for literal in literals:
            for shape, text in shapes(literal, r).items():
                yield f"{rule['id']} {literal!r}", shape, beside + text


def cpu(keysweep, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([keysweep, "sweep", folder, "--format", "json", "-j", "1"], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def repository(folder, content):
    git = ["git", "-c", "core.compression=0", "-c", "user.name=n", "-c", "user.email=n@n.test", "-C", folder]
    subprocess.run(["git", "init", "-q", folder], check=True)
    pathlib.Path(folder, "file").write_bytes(content)
    subprocess.run([*git, "add", "file"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "one file"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--keysweep", required=True)
    parser.add_argument("--size", type=int, default=12, help="megabytes a text")
    parser.add_argument("--rule", default="", help="only rules whose name contains this")
    options = parser.parse_args()
    rules = [tomllib.loads(path.read_text()) for path in sorted(PATTERNS.glob("*.toml"))]
    rules = [rule for rule in rules if "id" in rule and options.rule in rule["id"]]
    r, slowest = random.Random(1), []
    keysweep = str(pathlib.Path(options.keysweep).resolve())
    with tempfile.TemporaryDirectory(prefix="near-misses-") as scratch:
        repository(f"{scratch}/empty", b"")
        base = min(cpu(keysweep, f"{scratch}/empty") for _ in range(3))
        for number, (name, shape, text) in enumerate(near_misses(rules, r)):
            folder = os.path.join(scratch, str(number))
            content = (text * (options.size * 10**6 // len(text))).encode()
            repository(folder, content)
            seconds = max(cpu(keysweep, folder) - base, 0.001)
            speed = len(content) / 10**6 / seconds
            slowest.append((speed, name, shape))
            if speed < 10:
                print(f"{number}: {speed:.1f} MB/s  {name}: {shape}", file=sys.stderr, flush=True)
            subprocess.run(["rm", "-rf", folder], check=True)
    for speed, name, shape in sorted(slowest):
        print(f"{speed:8.0f} MB/s  {name}: {shape}")


if __name__ == "__main__":
    main()
