#!/usr/bin/env python3
"""Scores keysweep, and peers that are installed, on planted repositories.

    python3 tests/planted/score.py --keysweep target/release/keysweep --seed 1 \\
        --peer kingfisher=PATH --peer gitleaks=PATH --peer betterleaks=PATH

A leak is found if its ID or its secret is reported. Then, for what has a secret: is the secret
itself reported, and with the right ID? A pair is wrong if one of its halves is planted and the other
is not its partner. Anything reported that was not planted is a decoy. For keysweep also: does each
occurrence name the object of the truth, and do its bytes, decoded independently, give the value?
"""

import argparse
import collections
import json
import os
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import decode  # noqa: E402
import generate  # noqa: E402
import tools  # noqa: E402
from check import Objects  # noqa: E402

CLASSES = [*generate.CLASSES, "unseen"]


def hash_of(leak):
    value = leak.get("secret") or leak.get("key")
    return value and tools.sha256(value)


def values_of(truth):
    """Every planted value by its hash or, for IDs, by itself."""
    known = {}
    for leak in truth["leaks"]:
        for part in ("id", "secret", "token", "key"):
            if part in leak:
                known[leak[part] if part == "id" else tools.sha256(leak[part])] = leak
        for value in leak["also"]:
            known.setdefault(value, leak)
            known.setdefault(tools.sha256(value), leak)
    return known


def judge(truth, items):
    """What one tool made of each leak: found, secret, token, pair, account."""
    ids = {key for item in items for key in item.ids}
    hashes = {h for item in items for h in item.hashes}
    pairs = {pair for item in items for pair in item.pairs}
    accounts = {key: item.account for item in items for key in item.ids}
    # Peers show the beginning of a short-term Bedrock key.
    heads = {raw for item in items for raw in item.raw if raw.startswith("bedrock-api-key-")}
    verdicts = {}
    for leak in truth["leaks"]:
        secret = hash_of(leak)
        verdict = {"found": leak.get("id") in ids or secret in hashes or any(leak.get("key", "").startswith(head) for head in heads)}
        if secret:
            verdict["secret"] = secret in hashes
        if leak.get("token"):
            verdict["token"] = tools.sha256(leak["token"]) in hashes
            verdict["found"] = verdict["found"] or verdict["token"]
        if leak["pair"]:
            verdict["pair"] = (leak["id"], secret) in pairs
        if leak.get("id") in ids and accounts[leak["id"]]:
            verdict["account"] = accounts[leak["id"]] == leak["account"]
        verdicts[leak["leak"]] = verdict
    return verdicts


def wrong_pairs(truth, items, known):
    """Pairs with one planted half and a stranger as the other."""
    right = {(leak.get("id"), hash_of(leak)) for leak in truth["leaks"]}
    wrong = set()
    for item in items:
        for key in item.ids:
            secrets = {h for k, h in item.pairs if k == key}
            # A peer's value counts in several spellings; one right is enough.
            if secrets and (key in known or secrets & set(known)) and not any((key, h) in right for h in secrets):
                wrong.add((key, min(secrets & set(known) or secrets)))
    return wrong


def strays(truth, items, known):
    """What was reported and not planted: names of decoys, or of the leak in whose file it stood."""
    by_place = {}
    for leak in truth["leaks"]:
        for part in leak["parts"]:
            by_place[part["object"]] = by_place[part["path"]] = f"beside {leak['text']} ({leak['idiom']})"
    for one in truth["decoys"]:
        by_place[one["object"]] = by_place[one["path"]] = one["decoy"]
    out = []
    for item in items:
        short = any(raw.startswith("bedrock-api-key-") for raw in item.raw)
        if not (item.ids | item.hashes) & known.keys() and not item.generic and not short:
            out.append(next((by_place[w] for w in item.where if w in by_place), "unknown place"))
    return out


def check_places(folder, truth, found, known):
    """Checks keysweep's occurrences against git's bytes: counts and the first complaints."""
    counts, complaints = collections.Counter(), []
    where = {(p["sha256"], p["object"]) for leak in truth["leaks"] for p in leak["parts"]}
    reached = set()
    raw = {p["sha256"]: leak[p["part"]] for leak in truth["leaks"] for p in leak["parts"]}
    for repo, items in found.items():
        objects = Objects(pathlib.Path(folder) / repo)
        for item in items:
            values = [raw[h] for h in sorted(item.hashes) if h in raw]
            for occurrence in item.places:
                part = occurrence["part"]
                value = next(iter(item.ids), None) if part == "id" else next((v for v in values if (len(v) > 100) == (part == "token") or part == "key"), None)
                if occurrence.get("object") is None or value is None or tools.sha256(value) not in raw:
                    continue
                owner = known[value if part == "id" else tools.sha256(value)]
                cut = objects[occurrence["object"]][occurrence["byte_start"]:occurrence["byte_end"]]
                good = cut == value.encode() if not occurrence["encodings"] else decode.reveals(cut, value)
                counts["bytes right" if good else "bytes wrong"] += 1
                reached.add((tools.sha256(value), occurrence["object"]))
                counts["object as planted" if (tools.sha256(value), occurrence["object"]) in where else "another object"] += 1
                if not good and len(complaints) < 20:
                    complaints.append(f"{owner['idiom']} ({owner['text']}): {occurrence['part']} {occurrence['encodings']}")
        objects.close()
    counts["places reported"], counts["places planted"] = len(where & reached), len(where)
    return counts, complaints


def share(verdicts, leaks, what):
    asked = [verdicts[leak["leak"]][what] for leak in leaks if what in verdicts[leak["leak"]]]
    return f"{100 * sum(asked) / len(asked):5.1f}" if asked else "    –"


def groups(truth, seen):
    """Leaks by class, and those that no peer found."""
    out = {name: [leak for leak in truth["leaks"] if leak["class"] == name] for name in generate.CLASSES}
    if seen is not None:
        out["unseen"] = [leak for leak in truth["leaks"] if leak["leak"] not in seen]
    return out | {"all": truth["leaks"]}


def measure(tool, binary, folder, truth, known):
    """Runs one tool everywhere and judges it."""
    found, started = {}, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="score-") as scratch:
        for repo in truth["repos"]:
            path = pathlib.Path(folder) / repo
            found[repo], _ = tools.run(tool, str(binary), str(path / ".git" if (path / ".git").exists() else path), scratch)
    items = [item for some in found.values() for item in some]
    return {
        "verdicts": judge(truth, items), "wrong": wrong_pairs(truth, items, known), "strays": strays(truth, items, known),
        "found": found, "seconds": time.monotonic() - started,
    }


def table(truth, results, seen):
    rows = ["| tool | class | leaks | found % | secret % | token % | pair % |", "|---|---|---|---|---|---|---|"]
    for tool, result in results.items():
        for name, leaks in groups(truth, seen).items():
            cells = [share(result["verdicts"], leaks, what) for what in ("found", "secret", "token", "pair")]
            rows.append(f"| {tool} | {name} | {len(leaks)} | " + " | ".join(cells) + " |")
    rows += ["", "| tool | wrong pairs | wrong accounts | decoys reported | seconds |", "|---|---|---|---|---|"]
    for tool, result in results.items():
        accounts = sum(v.get("account") is False for v in result["verdicts"].values())
        rows.append(f"| {tool} | {len(result['wrong'])} | {accounts} | {len(result['strays'])} | {result['seconds']:.0f} |")
    return rows


def misses(truth, result, what, secrets):
    """Names of idioms that were missed, by class. Values only if asked for."""
    rows = []
    for name, leaks in groups(truth, None).items():
        if name == "all":
            continue
        names = collections.Counter()
        for leak in leaks:
            if result["verdicts"][leak["leak"]].get(what) is False:
                shown = leak["idiom"] if leak["idiom"] == leak["text"] else f"{leak['idiom']} ({leak['text']})"
                names[shown + (f" {leak.get('id')} {leak.get('secret') or leak.get('key')}" if secrets else "")] += 1
        rows.append(f"{what} missed, {name} ({sum(names.values())}): " + (", ".join(sorted(names)) or "none"))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--keysweep", type=pathlib.Path)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--planted", help="a folder that generate.py has written; else a new one")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there")
    parser.add_argument("--misses", choices=["found", "secret", "token", "pair"], action="append", help="list what keysweep missed")
    parser.add_argument("--show-secrets", action="store_true", help="with the planted values in lists of misses")
    options = parser.parse_args()
    contenders = [("keysweep", options.keysweep)] if options.keysweep else []
    contenders += [tuple(peer.split("=", 1)) for peer in options.peer]
    with tempfile.TemporaryDirectory(prefix="planted-") as scratch:
        folder = options.planted or os.path.join(scratch, "repos")
        if not options.planted:
            generate.generate(folder, options.seed)
        with open(os.path.join(folder, "truth.json"), encoding="utf-8") as file:
            truth = json.load(file)
        known = values_of(truth)
        results = {tool: measure(tool, pathlib.Path(binary).resolve(), folder, truth, known) for tool, binary in contenders}
        peers = [result for tool, result in results.items() if tool != "keysweep"]
        seen = {leak for result in peers for leak, v in result["verdicts"].items() if v["found"]} if peers else None
        print("\n".join(table(truth, results, seen)))
        figures = {"seed": truth["seed"], "leaks": len(truth["leaks"])}
        for tool, result in results.items():
            figures[tool] = {
                "classes": {name: {what: share(result["verdicts"], leaks, what).strip() for what in ("found", "secret", "token", "pair")} for name, leaks in groups(truth, seen).items()},
                "wrong_pairs": len(result["wrong"]), "decoys": sorted(set(result["strays"])), "decoys_reported": len(result["strays"]),
            }
            print(f"\n{tool}: decoys: " + (", ".join(sorted(set(result["strays"]))[:40]) or "none"))
        if options.keysweep:
            counts, complaints = check_places(folder, truth, results["keysweep"]["found"], known)
            figures["keysweep"]["occurrences"] = dict(counts)
            print("keysweep: " + ", ".join(f"{name} {number}" for name, number in sorted(counts.items())))
            print("\n".join(f"  bytes wrong: {text}" for text in complaints))
            names = {leak["leak"]: leak for leak in truth["leaks"]}
            print("\n".join(f"  wrong pair: {known[key]['idiom'] if key in known else 'stranger'} with {known[h]['idiom'] if h in known else 'stranger'}" for key, h in sorted(results["keysweep"]["wrong"])[:40]) or "  no wrong pair")
            figures["keysweep"]["missed"] = {what: sorted({names[leak]["idiom"] for leak, v in results["keysweep"]["verdicts"].items() if v.get(what) is False}) for what in ("found", "secret", "pair")}
            for what in options.misses or []:
                print("\n".join(misses(truth, results["keysweep"], what, options.show_secrets)))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
