#!/usr/bin/env python3
"""How long a push waits: `keysweep hook pre-push` and other scanners on the same new commits.

    python3 benches/pushes.py --keysweep target/release/keysweep --peers DIR REPOSITORY

Makes a clone that borrows the repository's objects, with commits that each change a few files of
HEAD, and runs all tools in rounds on the last 1 and the last 100 of them, on as many with dates
long before those of the remote, and with a key in the last one. DIR is `compare.py`'s.
"""

import argparse
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import contenders

COUNT = 100


def git(repo, *args, text=None):
    """What git prints."""
    command = ["git", "-C", str(repo), *args]
    return subprocess.run(command, check=True, capture_output=True, text=True, input=text).stdout.strip()


def borrow(source, folder):
    """A clone without objects of its own, whose remote has all that `source` has."""
    git(".", "clone", "-q", "--shared", "--no-checkout", str(source), str(folder))
    return git(folder, "rev-parse", "HEAD")


def commits(repo, base, name, start):
    """Commits that change text files of `base`, one a minute from `start` on; the ids of all."""
    pick = random.Random(name)
    listed = git(repo, "ls-tree", "-r", "-l", base).splitlines()
    small = [line for line in listed if line.startswith("100644 blob") and 100 < int(line.split()[3]) < 200_000]
    chosen = [pick.choice(small) for _ in range(COUNT)]
    stream = []
    for number, line in enumerate(chosen):
        blob, path = line.split()[2], line.split("\t")[1]
        content = git(repo, "cat-file", "blob", blob) + f"\nline {number}\n"
        stamp = f"A <a@example.com> {start + number * 60} +0000"
        stream.append(f"commit refs/heads/{name}\nauthor {stamp}\ncommitter {stamp}\ndata 1\nx\n")
        stream.append(f"from {base}\n" if number == 0 else "")
        stream.append(f"M 100644 inline {path}\ndata {len(content.encode())}\n{content}\n")
    git(repo, "fast-import", "--quiet", text="".join(stream))
    return git(repo, "rev-list", "--reverse", f"{base}..{name}").splitlines()


def tools(repo, args, peers, tip, base):
    """Name, command and standard input of each contender for one range."""
    line = f"refs/heads/topic {tip} refs/heads/topic {base}\n"
    yield "keysweep", [args.keysweep, "hook", "pre-push", "origin", "url"], line
    span = f"--log-opts={base}..{tip}"
    if "gitleaks" in peers:
        yield "gitleaks", [peers["gitleaks"], "git", "--no-banner", span, repo], None
    if "betterleaks" in peers:
        yield "betterleaks", [peers["betterleaks"], "git", "--no-banner", "-s", span, repo], None
    if "kingfisher" in peers:
        since = ["--since-commit", base, "--branch", tip]
        scan = [peers["kingfisher"], "scan", repo, "--no-update-check", "-n", *since]
        yield "kingfisher", scan, None


def run(command, text, repo):
    """Seconds, and the exit code."""
    started = time.monotonic()
    done = subprocess.run([str(word) for word in command], input=text, text=True, cwd=repo, capture_output=True)
    return time.monotonic() - started, done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("--keysweep", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--peers", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    peers = contenders.find_peers(args.peers)
    with tempfile.TemporaryDirectory() as folder:
        repo = pathlib.Path(folder) / "clone"
        base = borrow(args.repository.resolve(), repo)
        newest = int(git(repo, "log", "-1", "--format=%ct", base))
        cases = []
        for name, start in (("topic", newest + 60), ("old", 1_000_000_000)):
            ids = [base, *commits(repo, base, name, start)]
            cases += [(f"{name}, 1 commit", ids[-1], ids[-2]), (f"{name}, {COUNT} commits", ids[-1], base)]
        os.environ["HOME"] = folder
        print(f"{'range':20} {'tool':12} {'median':>8} {'best':>8}  code")
        for label, tip, before in cases:
            git(repo, "update-ref", "refs/remotes/origin/topic", before)
            taken = {}
            for _ in range(args.rounds):
                for name, command, text in tools(repo, args, peers, tip, before):
                    taken.setdefault(name, []).append(run(command, text, repo))
            for name, runs in taken.items():
                walls = [1000 * wall for wall, _ in runs]
                code = runs[-1][1]
                print(f"{label:20} {name:12} {statistics.median(walls):6.0f}ms {min(walls):6.0f}ms  {code}")


if __name__ == "__main__":
    main()
