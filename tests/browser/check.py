#!/usr/bin/env python3
"""Looks at the HTML report in headless Chromium, as a reader would.

    python3 tests/browser/check.py target/debug/keysweep FOLDER [--chromium /usr/bin/chromium]

Makes repositories with 0, 1 and 500 generated keys and with hostile names, writes their reports into
FOLDER, opens each in both themes on a wide and on a narrow screen, and fails if

- the page asks for anything but itself, or the browser refuses or reports anything,
- a hostile name becomes markup or runs,
- a line is wider than the screen, or text has too little contrast with what is behind it,
- search, filters or keys do not do what they say.

Screenshots stay in FOLDER, to be looked at. Needs Python 3.9, git and Chromium; nothing else.
"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HOSTILE = [
    '<script>window.forged=1</script>.env',
    '"><img src=x onerror=window.forged=1>.env',
    "' onfocus=window.forged=1 autofocus x='.env",
    "&lt;b&gt;&#x3c;i&#x3e;.env",
    "\u202egnp.exe\u2066.env",
    "x" * 180 + ".env",
]
SCREENS = {"wide": (1280, 900), "narrow": (390, 844)}


def make_repository(path, keys, seed):
    """A repository in which keys come, move and go over the years."""
    pick = random.Random(seed)
    upper, mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    ident = lambda prefix: prefix + "".join(pick.choice(upper) for _ in range(16))
    secret = lambda: "".join(pick.choice(mixed) for _ in range(40))
    now, stream, present = 1_577_836_800, [], []
    folders = ["config", "deploy/prod", "src/aws", "infra/modules/network", "tests/fixtures"]

    def commit(message, add=(), drop=()):
        author = pick.choice(["Ann Example <ann@example.com>", "Eve \"'/&lt;b&gt; <eve@example.com>"])
        stream.append(f"commit refs/heads/main\nauthor {author} {now} +0000\ncommitter {author} {now} +0000\n")
        stream.append(f"data {len(message)}\n{message}\n")
        for name, text in add:
            quoted = name.replace("\\", "\\\\").replace('"', '\\"')
            stream.append(f'M 100644 inline "{quoted}"\ndata {len(text)}\n{text}\n')
        for name in drop:
            quoted = name.replace("\\", "\\\\").replace('"', '\\"')
            stream.append(f'D "{quoted}"\n')

    commit("First", [("README.md", "nothing\n")])
    for number in range(keys):
        now += pick.randint(3600, 86400 * 8)
        name = f"{pick.choice(folders)}/{number}.env"
        if keys > 1 and number < len(HOSTILE):
            name = f"{number}/{HOSTILE[number]}"
        kind = pick.random()
        prefix = "ASIA" if kind > 0.85 else "AKIA"
        text = "\n" * pick.randint(0, 30) + f"aws_access_key_id = {ident(prefix)}\n"
        if kind < 0.7 or keys == 1:
            text += f"aws_secret_access_key = {secret()}\n"
        commit(f"Add {number}", [(name, text)])
        present.append(name)
        if pick.random() < 0.5 and keys > 1:
            now += pick.randint(3600, 86400 * 20)
            commit("Remove", drop=[present.pop(pick.randrange(len(present)))])
    run = lambda *args, **more: subprocess.run(["git", *args], check=True, **more)
    run("init", "-q", "-b", "main", path)
    run("-C", path, "fast-import", "--quiet", input="".join(stream).encode())
    run("-C", path, "remote", "add", "origin", "https://example.invalid/x.git")
    if keys > 1:
        run("-C", path, "update-ref", "refs/remotes/origin/main", f"main~{keys // 2}")


class Browser:
    """Chromium over its debugging pipe."""

    def __init__(self, program, profile):
        to_browser, from_us = os.pipe()
        to_us, from_browser = os.pipe()
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
        command += ["--hide-scrollbars", f"--user-data-dir={profile}", "about:blank"]
        wire = f"exec 3<&{to_browser} 4>&{from_browser}; exec \"$@\""
        self.process = subprocess.Popen(
            ["bash", "-c", wire, "chromium", *command],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.out, self.into = os.fdopen(from_us, "wb", 0), os.fdopen(to_us, "rb")
        self.number, self.events, self.session = 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")

    def read(self):
        message = bytearray()
        while (byte := self.into.read(1)) != b"\0":
            if not byte:
                raise RuntimeError("Chromium went away")
            message += byte
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.read())

    def js(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def key(self, key, code=None, text=None):
        codes = {"Tab": 9, "Enter": 13, "Escape": 27}
        params = {"key": key, "code": code or key, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper()))}
        if text:
            params["text"] = text
        self.call("Input.dispatchKeyEvent", type="keyDown", **params)
        self.call("Input.dispatchKeyEvent", type="keyUp", **params)

    def close(self):
        self.process.terminate()
        self.process.wait()


# Text that has less than 4.5:1 with the nearest background that is not transparent.
CONTRAST = """(() => {
  const parse = (c) => { const m = c.match(/[\\d.]+/g).map(Number); return c.startsWith('color(srgb') ? [m[0]*255, m[1]*255, m[2]*255, m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1]; };
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0.5) return c; } return [255, 255, 255, 1]; };
  const weak = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest('svg, script, .skip, .hidden, .zero') || !e.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
    if (weak.length > 5) break;
  }
  return weak;
})()"""


def check_page(browser, report, keys, say):
    """What must hold of any page, whatever the screen."""
    asked = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    outside = [url for url in asked if not url.startswith("data:") and url != report.as_uri()]
    say(not outside, f"the page asks for {outside}")
    told = [e["params"] for e in browser.events if e.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")]
    say(not told, f"the browser reports {told}")
    say(browser.js("window.forged === undefined"), "a name runs")
    say(browser.js("document.images.length") == 0, "a name became an image")
    say(browser.js("document.scripts.length") == 1, "there is a script too many")
    say(browser.js("document.querySelectorAll('.finding').length") == keys, "findings are missing")
    over = browser.js("document.documentElement.scrollWidth - innerWidth")
    say(over <= 0, f"the page is {over} pixels wider than the screen")
    weak = browser.js(CONTRAST)
    say(not weak, f"too little contrast: {weak}")


def check_use(browser, keys, say):
    """Search, filters and keys."""
    focused = lambda: browser.js("document.activeElement.id || document.activeElement.className || document.activeElement.tagName")
    visible = lambda: browser.js("Array.from(document.querySelectorAll('.finding')).filter((f) => f.checkVisibility()).length")
    browser.js("document.activeElement.blur()")
    browser.key("Tab")
    say(focused() == "skip", f"the first stop is {focused()}")
    browser.key("/", "Slash", "/")
    say(focused() == "search", f"/ leads to {focused()}")
    first = browser.js("document.querySelector('.finding h3').textContent.match(/A[KS]IA\\w+/)[0]")
    for letter in first:
        browser.key(letter, None, letter)
    say(visible() == 1, f"a search for one ID shows {visible()}")
    browser.key("Escape")
    say(visible() == keys, "Escape shows all again")
    browser.key("j", "KeyJ")
    say(browser.js("document.activeElement.tagName") == "SUMMARY", "j leads to a finding")
    was_open = browser.js("document.activeElement.parentElement.open")
    browser.key("Enter", None, "\r")
    say(browser.js("document.activeElement.parentElement.open") != was_open, "Enter folds and unfolds")
    say(browser.js("getComputedStyle(document.activeElement).outlineStyle") != "none", "focus can be seen")
    chips = browser.js("document.querySelectorAll('.chip').length")
    for number in range(chips):
        chip = f"document.querySelectorAll('.chip')[{number}]"
        browser.js(f"{chip}.click()")
        count = int(browser.js(f"{chip}.textContent").split()[-1])
        say(visible() == count, f"chip {number} promises {count} and shows {visible()}")
        browser.js(f"{chip}.click()")
    before = browser.js("getComputedStyle(document.body).backgroundColor")
    browser.js("document.getElementById('theme').click()")
    after = browser.js("getComputedStyle(document.body).backgroundColor")
    say(before != after, "the button changes the theme")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("keysweep", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chromium", default="chromium")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        browser = Browser(args.chromium, os.path.join(scratch, "profile"))
        for keys in (0, 1, 500):
            repository = os.path.join(scratch, str(keys))
            make_repository(repository, keys, 7 + keys)
            report = (args.folder / f"report-{keys}.html").resolve()
            command = [args.keysweep.resolve(), "sweep", repository, "-q", "--no-cache", "--no-config", "--min-confidence", "low", "-o", f"html={report}"]
            subprocess.run(command, check=False)
            for screen, (width, height) in SCREENS.items():
                for theme in ("light", "dark"):
                    where = f"{keys} findings, {screen}, {theme}"
                    say = lambda ok, what: ok or wrong.append(f"{where}: {what}")
                    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
                    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
                    browser.open(report.as_uri())
                    check_page(browser, report, keys, say)
                    shot = browser.call("Page.captureScreenshot", format="png")
                    (args.folder / f"{keys}-{screen}-{theme}.png").write_bytes(base64.b64decode(shot["data"]))
                    if keys:
                        check_use(browser, keys, say)
        browser.close()
    for line in wrong:
        print(line)
    print(f"{12 - len({line.split(':')[0] for line in wrong})} of 12 pages are well; screenshots in {args.folder}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
