"""Runs scanners on a repository and puts their reports into one form."""

import dataclasses
import hashlib
import json
import os
import re
import subprocess
import urllib.parse

KEY_ID = re.compile(r"^(?:AKIA|ASIA)[A-Z0-9]{16}$")
AWS_RULES = "aws-access-token aws-secret-access-key aws-session-token aws-amazon-bedrock-api-key-long-lived aws-amazon-bedrock-api-key-short-lived".split()
# Exit codes that mean the tool did its work.
FINE = {"keysweep": {0, 1, 3}, "kingfisher": {0, 200}, "gitleaks": {0, 1}, "betterleaks": {0, 1}}


@dataclasses.dataclass
class Item:
    """One thing that a scanner reported."""

    ids: set = dataclasses.field(default_factory=set)
    hashes: set = dataclasses.field(default_factory=set)
    pairs: set = dataclasses.field(default_factory=set)
    where: set = dataclasses.field(default_factory=set)
    account: str = None
    places: list = dataclasses.field(default_factory=list)
    # What a peer showed, as it showed it.
    raw: set = dataclasses.field(default_factory=set)
    # Of gitleaks' generic rule: it counts where it is right, and is no decoy where it is not.
    generic: bool = False


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def forms(value):
    """A value and its unescaped forms: peers report what stands in the text."""
    yield value
    yield urllib.parse.unquote(value)
    yield value.replace("\\/", "/")
    yield value.strip("\"'= ;,")


def add(item, value):
    """Adds a raw value that a peer reported: an access key ID or something secret."""
    item.raw.add(value)
    if KEY_ID.match(value):
        item.ids.add(value)
    else:
        item.hashes.update(map(sha256, forms(value)))


def environment(scratch):
    """Nothing of the machine's own configuration."""
    return {
        "PATH": os.environ.get("PATH", ""), "HOME": scratch, "TMPDIR": scratch, "XDG_CACHE_HOME": os.path.join(scratch, "cache"),
        "KF_RULE_CACHE_DIR": os.path.join(scratch, "rules"), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
    }


def command(tool, binary, repo, report):
    """The command line of a tool, offline, with the settings that make it find most."""
    if tool == "keysweep":
        return [binary, "sweep", repo, "-q", "--no-timings", "-o", f"json={report}"]
    if tool == "kingfisher":
        rules = [word for rule in AWS_RULES for word in ("--rule", f"betterleaks.{rule}")]
        return [binary, "scan", repo, "--no-update-check", "-n", "--no-dedup", "--git-history", "full", "-f", "jsonl", "-o", report, *rules]
    if tool == "gitleaks":
        return [binary, "git", repo, "--no-banner", "--max-archive-depth", "8", "-f", "json", "-r", report]
    rules = [rule for rule in AWS_RULES if rule != "aws-session-token"]
    return [binary, "git", repo, "--no-banner", "-o", report, "--include", "commit-messages,tag-messages,reflogs", "--isolate-rule", ",".join(rules)]


def read_keysweep(report):
    items = []
    for finding in report["findings"]:
        item = Item(account=finding.get("account_id"))
        if finding.get("access_key_id"):
            item.ids.add(finding["access_key_id"])
        hashes = [finding[name] for name in ("secret_sha256", "token_sha256") if finding.get(name)]
        item.hashes.update(hashes)
        item.pairs = {(key, finding["secret_sha256"]) for key in item.ids if finding.get("secret_sha256")}
        item.where = {o["object"] for o in finding["occurrences"] if o.get("object")}
        item.places = finding["occurrences"]
        items.append(item)
    return items


def read_kingfisher(rows):
    items = []
    for row in rows:
        finding = row.get("finding")
        if not finding:
            continue
        # A path, or the file of a loose object.
        item = Item(where={re.sub(r"^.*objects/(..)/([0-9a-f]+)$", r"\1\2", finding.get("path", ""))})
        add(item, finding["snippet"])
        for value in (finding.get("dependent_captures") or {}).values():
            add(item, value)
            item.pairs |= {(key, h) for key in item.ids for h in map(sha256, forms(value))}
        items.append(item)
    return items


def read_gitleaks(rows):
    items = []
    for row in rows:
        if row["RuleID"] != "generic-api-key" and not row["RuleID"].startswith("aws-"):
            continue
        item = Item(where={row["File"]}, generic=row["RuleID"] == "generic-api-key")
        add(item, row["Secret"])
        items.append(item)
    return items


def read_betterleaks(report):
    items = []
    for finding in report["findings"]:
        item = Item(where={finding["location"].get("path", "")})
        add(item, finding["match"]["value"])
        for components in finding.get("component_sets") or []:
            for component in components["components"]:
                value = component["match"]["value"]
                add(item, value)
                item.pairs |= {(key, h) for key in item.ids for h in map(sha256, forms(value))}
        items.append(item)
    return items


def run(tool, binary, repo, scratch):
    """Runs a tool on a repository: its items and its exit code."""
    report = os.path.join(scratch, f"report-{tool}.json")
    if os.path.exists(report):
        os.remove(report)
    done = subprocess.run(command(tool, binary, repo, report), env=environment(scratch), cwd=scratch, capture_output=True)
    if done.returncode not in FINE[tool]:
        raise SystemExit(f"{tool} ended with {done.returncode}: {done.stderr[-1000:].decode('utf-8', 'replace')}")
    with open(report, encoding="utf-8") as file:
        text = file.read()
    os.remove(report)
    if tool == "kingfisher":
        return read_kingfisher([json.loads(line) for line in text.splitlines() if line.strip()]), done.returncode
    data = json.loads(text) if text.strip() else []
    return {"keysweep": read_keysweep, "gitleaks": read_gitleaks, "betterleaks": read_betterleaks}[tool](data), done.returncode
