#!/usr/bin/env python3
"""Writes git repositories with planted leaks and decoys, and the truth about them.

    python3 tests/planted/generate.py --seed 1 --out DIR

DIR gets `repo-NN` folders and `truth.json`. The same seed gives the same files byte by byte; another
seed gives other keys, other texts, other places. The leaks are made up: no key was ever issued.
"""

import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import containers  # noqa: E402
import decoys  # noqa: E402
import codings  # noqa: E402
import idioms  # noqa: E402
import keys  # noqa: E402
import names  # noqa: E402
import near_misses  # noqa: E402
import placeholders  # noqa: E402
import placements  # noqa: E402
from doc import Doc, encode, fill, settle, texture  # noqa: E402
from objects import Repo  # noqa: E402

assert placeholders and near_misses
CLASSES = ["plain", "hard", "rest"]
BARE_REPOS = 10
# Idioms whose texts are the raw material of encodings, containers and odd places.
POOL = ("aws/credentials", "aws/sts", "aws/sdk-json", "dotenv/", "json/", "yaml/", "terraform/tf", "terraform/provider", "bash/", "compose/", "toml/", "properties/",
        "conf/", "python/", "prose/", "csv/console", "xml/elements", "ruby/", "js/sdk", "go/")
LINE_POOL = ("uri/s3-userinfo", "prose/comma-pair", "prose/colon-pair", "prose/sentence", "cron/inline", "prose/slash", "json/one-line", "bash/one-line-export")


@dataclasses.dataclass
class Plant:
    """One document to be planted."""

    name: str
    idiom: object
    cls: str
    where: str = "head"
    encoding: str = ""
    container: str = ""


def worse(*classes):
    return max(classes, key=CLASSES.index)


def usable(idiom):
    """True for idioms that are simple text and stand for themselves."""
    if idiom.kinds not in (("pair",), ("session",)) or not idiom.textual:
        return False
    r = keys.rng("pool", idiom.name)
    text, spans = settle(idiom.make([keys.make(r, kind) for kind in idiom.kinds], r))
    return text.isascii() and text.isprintable() is False and "\0" not in text and len(text) < 3000 and not any(s.chain for s in spans)


def plan(registry, seed):
    """All documents of a seed, in a fixed order."""
    r = keys.rng(seed, "plan")
    pool = [i for i in registry.values() if i.name.startswith(POOL) and usable(i)]
    short = [registry[name] for name in LINE_POOL]
    mild = ["head"] * 12 + ["deleted", "deleted", "edited-away", "other-branch", "remote-branch", "tag-only", "executable"]
    plants = [Plant(i.name, i, i.cls, r.choice(mild)) for i in registry.values()]
    for name, (cls, _) in codings.TEXTS.items():
        plants += [Plant(f"encoding/{name}", i, worse(cls, i.cls), encoding=name) for i in r.sample(pool, 2)]
    for name, (cls, _, _) in containers.CONTAINERS.items():
        source = [i for i in pool if i.kinds == ("pair",)] if name in containers.OF_CONSTANTS else pool
        plants += [Plant(f"container/{name}", i, worse(cls, i.cls), container=name) for i in r.sample(source, 2)]
    for group, count, source in ((placements.FILES, 2, pool), (placements.MESSAGES, 3, pool), (placements.LINES, 2, short)):
        for name, (cls, _) in group.items():
            plants += [Plant(f"place/{name}", i, worse(cls, i.cls), name) for i in r.sample(source, count)]
    plants += [Plant(f"place/{name}", None, cls, name) for name, (cls, _, _) in names.NAMED.items() for _ in range(2)]
    plants += [Plant("place/sha256-repository", i, worse("hard", i.cls), "sha256") for i in r.sample(pool, 8)]
    return plants


def document(plant, creds, r, folder):
    """Fills the idiom's template, then encodes and packs it as the plant says."""
    idiom = plant.idiom
    marked = idiom.make(creds, r)
    path = fill(idiom.path, creds, r)
    binary = path.endswith((".bin", ".dat", "environ", ".swp", ".aof")) or "\0" in marked
    if idiom.textual and not binary and not plant.where == "symlink":
        marked = texture(marked, path, r)
    data, spans = codings.TEXTS[plant.encoding][1](marked, r) if plant.encoding else encode(marked)
    if plant.container:
        _, name, pack = containers.CONTAINERS[plant.container]
        data, spans = pack(data, spans, r)
        path = name
    return Doc(f"{folder}/{path}", data, spans)


def put_plant(repo, plant, creds, r, number):
    """Puts one plant into a repository and returns the places of its parts."""
    if plant.idiom is None:
        return names.NAMED[plant.where][2](repo, creds[0], r)
    folder = f"{r.choice(['services', 'apps', 'lib', 'infra', 'legacy', 'tools'])}/{r.choice(placements.WORK).split()[0].lower()}-{number:04d}"
    doc = document(plant, creds, r, folder)
    groups = {**placements.FILES, **placements.MESSAGES, **placements.LINES, "head": ("", placements.head), "sha256": ("", placements.head)}
    return groups[plant.where][1](repo, doc, r)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def also(kind, c):
    """Values that come with a credential and may be reported with it."""
    names = {"bedrock-short": ["id", "token"], "presigned-session": ["token"], "cloudfront": ["keypair"], "git": ["user"]}.get(kind, [])
    return [c[name] for name in names if c[name]]


def record(number, plant, kind, index, c, places, repo):
    """The truth about one credential."""
    parts = []
    for where in places:
        for span in where["spans"]:
            if span.cred == index:
                parts.append({**{k: v for k, v in where.items() if k != "spans"}, "part": span.part, "start": span.start, "end": span.end, "encodings": list(span.chain), "sha256": sha256(c[span.part])})
    planted = {p["part"] for p in parts}
    assert planted and (kind == "session" or planted == set(keys.KINDS[kind])), (plant.name, kind, planted)
    values = {part: c[part] for part in ("id", "secret", "token", "key") if part in planted}
    old = "id" in values and (kind == "bare" or not values["id"][4] in keys.BASE32[16:])
    return {
        "leak": f"{number:04d}-{index}", "repo": repo, "idiom": plant.name, "text": plant.idiom.name if plant.idiom else plant.name,
        "class": plant.cls, "kind": kind, "place": plant.where, "encoding": plant.encoding, "container": plant.container,
        **values, "also": also(kind, c), "account": None if old or "id" not in values else c["account"], "pair": "id" in values and ("secret" in values or "key" in values), "parts": parts,
    }


def git(repo, *arguments):
    """Runs git without any configuration of the machine. Only packs are made by it."""
    keep = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "--git-dir", repo.git, *arguments], env=keep, check=True, capture_output=True)


def decoy_commit(repo, name, seed, truth, folder):
    path, make = decoys.DECOYS[name]
    data = make(keys.rng(seed, "decoy", name))
    oid = repo.blob(data if isinstance(data, bytes) else data.encode())
    full = f"{folder}/{path}"
    repo.files[full] = ("100644", oid)
    commit = repo.advance(f"Add {path.rsplit('/', 1)[-1]}\n")
    truth["decoys"].append({"decoy": name, "repo": os.path.basename(repo.path), "object": oid, "path": full, "commit": commit})


def repositories(out, seed):
    """Empty repositories, each with a first commit."""
    made = []
    for n in range(BARE_REPOS + 3):
        r = keys.rng(seed, "repo", n)
        # The last three: one with a work tree and index, one with decoys only, one of SHA-256.
        repo = Repo(os.path.join(out, f"repo-{n:02d}"), r, n != BARE_REPOS, "sha256" if n == BARE_REPOS + 2 else "sha1")
        repo.files["README"] = ("100644", repo.blob(b"A repository.\n" * 3))
        repo.advance("Initial commit\n")
        made.append(repo)
    return made


def target(plant, number, made):
    if plant.where == "sha256":
        return made[-1]
    if plant.where == "index":
        return made[BARE_REPOS]
    return made[number % (BARE_REPOS + 1)]


def generate(out, seed):
    """Writes everything; returns the truth."""
    registry = idioms.load()
    os.makedirs(out)
    made = repositories(out, seed)
    truth = {"seed": seed, "repos": [os.path.basename(repo.path) for repo in made], "clean": os.path.basename(made[BARE_REPOS + 1].path), "leaks": [], "decoys": []}
    plants = list(enumerate(plan(registry, seed)))
    keys.rng(seed, "order").shuffle(plants)
    pending = sorted(decoys.DECOYS)
    keys.rng(seed, "decoys").shuffle(pending)
    for turn, (number, plant) in enumerate(plants):
        r = keys.rng(seed, plant.name, number)
        kinds = plant.idiom.kinds if plant.idiom else (names.NAMED[plant.where][1],)
        creds = [keys.make(r, kind) for kind in kinds]
        repo = target(plant, turn, made)
        places = put_plant(repo, plant, creds, r, number)
        for index, kind in enumerate(kinds):
            truth["leaks"].append(record(number, plant, kind, index, creds[index], places, os.path.basename(repo.path)))
        if turn % 4 == 0 and pending:
            decoy_commit(repo, pending.pop(), seed, truth, f"misc/d{turn:04d}")
    for n, name in enumerate(sorted(decoys.DECOYS)):
        decoy_commit(made[BARE_REPOS + 1], name, f"{seed}-clean", truth, f"misc/c{n:04d}")
    for n, repo in enumerate(made):
        placements.write_stashes(repo)
        repo.finish(packed=n % 3 != 0)
        if not repo.bare:
            repo.index()
        if n % 3 == 1:
            git(repo, "-c", "pack.threads=1", "repack", "-a", "-d", "-k", "-q")
    truth["leaks"].sort(key=lambda leak: leak["leak"])
    with open(os.path.join(out, "truth.json"), "w", encoding="utf-8") as file:
        json.dump(truth, file, indent=1)
    os.chmod(os.path.join(out, "truth.json"), 0o600)
    return truth


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seed", required=True)
    parser.add_argument("--out", required=True, help="a folder that does not exist yet")
    options = parser.parse_args()
    truth = generate(options.out, options.seed)
    print(f"{len(truth['leaks'])} leaks and {len(truth['decoys'])} decoys in {len(truth['repos'])} repositories", file=sys.stderr)


if __name__ == "__main__":
    main()
