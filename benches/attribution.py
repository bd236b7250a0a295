#!/usr/bin/env python3
"""Compares the commits that keysweep says introduced something with what git says.

A rule made for this run finds ordinary words, so that ordinary blobs have hits. Of the blobs with
hits some are sampled; for each, `git log --all --find-object` lists the commits whose trees differ
in it from any parent's. Of these the ones count whose tree holds the blob and no parent's tree does,
at any path; of several the earliest by committer date. Exits 1 if any blob differs.

    cargo build --release
    python3 benches/attribution.py --word strbuf --sample 200 REPOSITORY...
"""

import argparse
import functools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RULE = """\
[[rule]]
id = "words"
title = "Words"
role = "service-key"
kind = "custom-key"
prefilter = ["{word}"]
pattern = '(?<value>{word}[^\\n]{{8,60}})'
reach = 128
confidence = "high"
"""


def git(repo, *arguments):
    env = os.environ | {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    result = subprocess.run(
        ["git", "-C", repo, *arguments], env=env, capture_output=True, check=True
    )
    return result.stdout


def reported(binary, repo, rules):
    """By blob: the commit that keysweep names, and one path."""
    command = [binary, "sweep", repo, "--no-cache", "--rules", rules, "--min-confidence", "low"]
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "report.json"
        began = time.monotonic()
        result = subprocess.run([*command, "-o", f"json={out}"], capture_output=True, text=True)
        if result.returncode not in (0, 1, 3):
            sys.exit(f"{repo}: {result.stderr}")
        print(f"{repo}: swept in {time.monotonic() - began:.1f} s", file=sys.stderr)
        report = json.loads(out.read_text())
    found = {}
    for finding in report["findings"] + report["suppressed"]:
        for occurrence in finding["occurrences"]:
            if finding["rule"] == "words" and occurrence.get("object_kind") == "blob":
                found[occurrence["object"]] = occurrence.get("commit"), occurrence.get("path")
    return found


def oracle(repo, blobs):
    """By blob: commits that introduced it, with their dates."""
    wanted = set(blobs)
    find = [f"--find-object={blob}" for blob in blobs]
    log = git(
        repo, "log", "--all", "--raw", "--no-abbrev", "--no-renames", "--diff-merges=separate",
        "--root", "-z", "--format=%x00commit %H %ct %P", *find,
    )
    @functools.lru_cache(maxsize=4096)
    def held(tree_ish):
        rows = git(repo, "ls-tree", "-r", "-z", tree_ish).split(b"\0")
        return {row.split(None, 3)[2].decode() for row in rows if row} & wanted

    touched = {}
    for part in log.split(b"\0"):
        part = part.lstrip(b"\n")
        if part.startswith(b"commit "):
            words = part.decode().split()
            commit, date, parents = words[1], int(words[2]), words[3:]
        elif part.startswith(b":"):
            after = part.decode().split()[3]
            if after in wanted:
                touched.setdefault((commit, date, tuple(parents)), set()).add(after)
    introduced = {blob: [] for blob in blobs}
    for (commit, date, parents), some in touched.items():
        before = set().union(*(held(parent) for parent in parents))
        for blob in some & held(commit) - before:
            introduced[blob].append((date, commit))
    return introduced


def check(binary, repo, rules, sample):
    found = reported(binary, repo, rules)
    blobs = sorted(found)
    random.Random(1).shuffle(blobs)
    blobs = blobs[:sample]
    truth = oracle(repo, blobs)
    wrong = several = nowhere = 0
    for blob in blobs:
        commits = sorted(truth[blob])
        several += len(commits) > 1
        nowhere += not commits
        first = {commit for date, commit in commits if date == commits[0][0]}
        commit, path = found[blob]
        if not commits and commit is not None:
            # Only what no ref leads to may have a commit that `git log --all` does not show.
            shown = git(repo, "for-each-ref", "--count=1", f"--contains={commit}")
            wrong_here = bool(shown)
        else:
            wrong_here = bool(commits) and commit not in first
        if wrong_here:
            wrong += 1
            print(f"{repo}: {blob} {path}: keysweep {commit}, git {commits}", file=sys.stderr)
    print(
        f"{repo}: {len(found)} blobs with hits, {len(blobs)} compared, {wrong} differ "
        f"({several} introduced by several commits, {nowhere} by none that a ref reaches)"
    )
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", metavar="REPOSITORY")
    parser.add_argument("--binary", default=ROOT / "target/release/keysweep")
    parser.add_argument("--word", default="strbuf", help="what ordinary blobs hold")
    parser.add_argument("--sample", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rules = pathlib.Path(folder) / "words.toml"
        rules.write_text(RULE.format(word=options.word))
        wrong = [check(options.binary, r, rules, options.sample) for r in options.repositories]
    sys.exit(any(wrong))


if __name__ == "__main__":
    main()
