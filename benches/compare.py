#!/usr/bin/env python3
"""Runs keysweep, git plumbing and other scanners side by side on the same repositories.

Every round runs each tool once, so that a slow minute of the machine hits all of them (A B A B).
For each run: user plus system CPU of the whole process tree, wall time, peak resident memory, and
the peak of anonymous memory, sampled from /proc. Results go to a Markdown table with the host,
versions and commands. Standard library only; Linux.

    cargo build --release --examples && cargo build --release
    python3 benches/compare.py --install-peers --peers DIR REPOSITORY...

Nothing here asks any service whether a key works, and no scanner may reach the network: peers are
called with validation and update checks off.
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

from contenders import COLD, FINE, PEERS, commands, find_peers, install
from measure import measure

HERE = pathlib.Path(__file__).resolve().parent


def environment(scratch):
    """What every tool gets: no personal git configuration, caches in a throw-away folder."""
    keep = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    return keep | {
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "XDG_CACHE_HOME": str(scratch / "cache"),
        "KF_RULE_CACHE_DIR": str(scratch / "kingfisher-rules"),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        # A bare snapshot of another owner is still readable.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }


def view(repo, scratch):
    """The repository, or a view of it without the refs that need missing objects.

    Scanners that call `git log -p` die at the first missing blob. All tools get the same view:
    own refs, the objects through a symbolic link.
    """
    git_dir = repo / ".git" if (repo / ".git").is_dir() else repo
    env = environment(scratch)

    def git(*arguments, where=git_dir):
        return subprocess.run(
            ["git", "--git-dir", where, *arguments], env=env, capture_output=True, text=True
        )

    missing = missing_objects(git_dir, env)
    if missing == []:
        return git_dir, 0
    name = hashlib.sha256(str(git_dir).encode()).hexdigest()[:12]
    made = scratch / f"view-{name}"
    made.mkdir()
    (made / "objects").symlink_to((git_dir / "objects").resolve())
    shutil.copytree(git_dir / "refs", made / "refs")
    for file in ("HEAD", "packed-refs", "config"):
        if (git_dir / file).exists():
            shutil.copy(git_dir / file, made / file)
    refs = git("for-each-ref", "--format=%(refname)").stdout.split()
    # The commits that name a missing object, then every ref that contains one.
    commits = naming(git_dir, env, set(missing or []))
    dropped = set()
    for part in chunks(sorted(commits), 500):
        holding = [f"--contains={commit}" for commit in part]
        dropped.update(git("for-each-ref", "--format=%(refname)", *holding).stdout.split())
    for ref in dropped:
        git("update-ref", "-d", ref, where=made)
    left = [ref for ref in refs if ref not in dropped]
    if not left or missing_objects(made, env) != []:
        print(f"{repo}: still incomplete after dropping {len(dropped)} refs", file=sys.stderr)
    return made, len(dropped)


def naming(git_dir, env, ids):
    """Commits that bring one of these objects, in one pass over all differences."""
    command = ["git", "--git-dir", git_dir, "log", "--all", "--raw", "-t", "-c", "--root",
               "--no-abbrev", "--no-renames", "--format=commit %H"]
    found, commit = set(), None
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, errors="replace") as log:
        for line in log.stdout:
            if line.startswith("commit "):
                commit = line.split()[1]
            elif line.startswith(":"):
                # One colon, mode and id for each parent, then those of the result.
                parents = len(line) - len(line.lstrip(":"))
                if line.split()[2 * parents + 1] in ids:
                    found.add(commit)
    return found


def chunks(items, size):
    return [items[at : at + size] for at in range(0, len(items), size)]


def missing_objects(git_dir, env):
    """Names of objects that refs need and that are not there; None if git gives up.

    Line by line: what this process once held would count as memory of all that it starts.
    """
    command = ["git", "--git-dir", git_dir, "rev-list", "--objects", "--all", "--missing=print"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as out:
        missing = [line[1:].strip().decode() for line in out.stdout if line.startswith(b"?")]
    return missing if out.returncode == 0 else None


def check(name, run, scratch):
    """Stops if a tool failed: a tool that gave up early is no comparison."""
    tool = name.replace(",", " ").split()[0]
    if run["code"] not in FINE.get(tool, {0}):
        tail = (scratch / "stderr").read_text(errors="replace")[-2000:]
        sys.exit(f"{name} failed with {run['code']}:\n{tail}")
    if tool in ("gitleaks", "betterleaks"):
        text = (scratch / "stderr").read_text(errors="replace").lower()
        if "partial scan" in text or "fatal:" in text:
            sys.exit(f"{name} did not read everything:\n{text[-2000:]}")


def compare(repo, contenders, rounds, scratch):
    """Measures every contender `rounds` times, alternating, after one run to warm caches."""
    env = environment(scratch)
    runs = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, command in contenders.items():
            # The slow ones have no caches of their own that an earlier one did not warm.
            if turn == 0 and name in COLD:
                continue
            run = measure(command, env, scratch)
            check(name, run, scratch)
            print(f"  {turn} {name}: {run['cpu']:.2f} s CPU, {run['wall']:.2f} s", file=sys.stderr)
            if turn > 0:
                runs[name].append(run)
    return runs


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def table(runs):
    """A Markdown table; ratios are against the first row."""
    rows = [
        "| what | CPU s (median) | min–max | user + system | ratio | wall s | ratio | peak RSS MiB | anonymous MiB | read MB | exit |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    base = next(iter(runs.values()))
    for name, all_runs in runs.items():
        cpu = [run["cpu"] for run in all_runs]
        rows.append(
            f"| {name} | {median(all_runs, 'cpu'):.2f} | {min(cpu):.2f}–{max(cpu):.2f} "
            f"| {median(all_runs, 'user'):.2f} + {median(all_runs, 'system'):.2f} "
            f"| {median(all_runs, 'cpu') / max(median(base, 'cpu'), 1e-9):.2f} "
            f"| {median(all_runs, 'wall'):.2f} "
            f"| {median(all_runs, 'wall') / max(median(base, 'wall'), 1e-9):.2f} "
            f"| {max(run['rss'] for run in all_runs):.0f} "
            f"| {max(run['anonymous'] for run in all_runs):.0f} "
            f"| {median(all_runs, 'read'):.0f} "
            f"| {', '.join(map(str, sorted({run['code'] for run in all_runs})))} |"
        )
    return "\n".join(rows)


def version(command):
    result = subprocess.run(command, capture_output=True, text=True)
    return (result.stdout + result.stderr).strip().splitlines()[0]


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def census(git_dir, env):
    """How many objects of each kind, and bytes of content."""
    command = ["git", "--git-dir", git_dir, "cat-file", "--batch-all-objects", "--unordered", "--buffer",
               "--batch-check=%(objecttype) %(objectsize)"]
    counts, size = {}, 0
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as listing:
        for line in listing.stdout:
            kind, length = line.split()
            counts[kind] = counts.get(kind, 0) + 1
            size += int(length)
    if listing.returncode != 0:
        sys.exit(f"git cannot list the objects of {git_dir}")
    kinds = ", ".join(f"{counts[kind]:,} {kind}s" for kind in sorted(counts))
    return f"{sum(counts.values()):,} objects ({kinds}), {size / 1e6:,.0f} MB of content"


def plain(words, replaced):
    """A command line for the record, without paths of this machine."""
    text = shlex.join(words)
    for path, name in replaced:
        text = text.replace(str(path), name)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("repositories", nargs="+", type=pathlib.Path)
    parser.add_argument("--keysweep", type=pathlib.Path, default=HERE.parent / "target/release/keysweep")
    parser.add_argument("--without-keysweep", action="store_true", help="try the peers alone")
    parser.add_argument("--peers", type=pathlib.Path, help="folder with the peers' environments")
    parser.add_argument("--install-peers", action="store_true", help="install them there first")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--as-is", action="store_true",
                        help="no view without the refs that need missing objects: for tools that bear with them")
    parser.add_argument("--only", help="comma separated: contenders whose names begin like this")
    parser.add_argument("--host", default=platform.node(), help="name of the host in the record")
    parser.add_argument("--out", type=pathlib.Path, help="default: benches/runs/<date>-<host>.md")
    parser.add_argument("--json", type=pathlib.Path, help="all runs, unrounded")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        scratch = pathlib.Path(folder)
        # ru_maxrss of a child begins with what this process had when it forked: stay small.
        peers_folder = (options.peers or scratch / "peers").resolve()
        if options.install_peers:
            peers_folder.mkdir(parents=True, exist_ok=True)
            install(peers_folder)
        peers = find_peers(peers_folder)
        keysweep = None if options.without_keysweep else options.keysweep.resolve()
        if keysweep and not keysweep.exists():
            sys.exit(f"{keysweep} is missing: cargo build --release")
        today = datetime.date.today().isoformat()
        lines = [f"# {today}, {options.host}", "", "Written by `benches/compare.py`.", ""]
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        lines += [
            f"- {cpu_model()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}",
            f"- load before the first run: {os.getloadavg()[0]:.2f}",
            f"- {version(['git', '--version'])}",
        ]
        if keysweep:
            lines.append(f"- {version([keysweep, '--version'])}")
        lines += [f"- {name}: {version([path, *PEERS[name][2]])}" for name, path in peers.items()]
        lines += [
            f"- {options.rounds} rounds, alternating, after one that warms the caches; CPU is user "
            "plus system of the whole process tree; peak RSS is the largest process's, anonymous memory "
            "the sum over the tree, sampled every 20 ms, as is what it read from files (not through "
            "mappings); ratios are against the first row",
        ]
        out = options.out or HERE / "runs" / f"{today}-{options.host}.md"
        record = {}
        for repo in options.repositories:
            repo = repo.resolve()
            print(repo, file=sys.stderr)
            git_dir, dropped = (repo, 0) if options.as_is else view(repo, scratch)
            contenders = commands(git_dir, keysweep, peers, scratch)
            if options.only:
                wanted = tuple(options.only.split(","))
                contenders = {n: c for n, c in contenders.items() if n.startswith(wanted)}
            runs = compare(git_dir, contenders, options.rounds, scratch)
            name = repo.parent.name if repo.name in ("repo", ".git") else repo.name
            record[name] = runs
            replaced = [(git_dir, "REPO"), (scratch, "TMP"), (peers_folder, "PEERS")]
            replaced += [(keysweep.parent, "target/release")] if keysweep else []
            lines += ["", f"## {name}", "", census(git_dir, environment(scratch))]
            if dropped:
                lines.append(f"\nRead through a view without {dropped} refs that need missing objects.")
            lines += ["", table(runs), "", "```console"]
            lines += [plain(command, replaced) for command in contenders.values()]
            lines += ["```"]
            # After each repository: an hour's work is not lost when the next one fails.
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text("\n".join(lines) + "\n")
            if options.json:
                options.json.write_text(json.dumps(record, indent=1))
        print(out, file=sys.stderr)


if __name__ == "__main__":
    main()
