"""Runs a command and measures it: CPU of the whole process tree, wall time, memory, bytes read."""

import os
import pathlib
import subprocess
import threading
import time


class Sampler(threading.Thread):
    """Samples anonymous memory and bytes read of a process and its children until told to stop."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()
        self.read = {}

    def run(self):
        while True:
            members = family(self.pid)
            self.peak = max(self.peak, sum(map(anonymous, members)))
            for member in members:
                self.read[member] = max(self.read.get(member, 0), bytes_read(member))
            if self.done.wait(0.02):
                return


def family(pid):
    """A process and all its descendants."""
    pids, todo = [], [pid]
    while todo:
        pid = todo.pop()
        pids.append(pid)
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                todo.extend(map(int, task.read_text().split()))
            except OSError:
                pass
    return pids


def anonymous(pid):
    """Anonymous resident memory in KiB; 0 if the process is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def bytes_read(pid):
    """What a process has asked files for, in bytes; pages of mappings do not count."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines():
            if line.startswith("rchar:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def measure(command, env, scratch):
    """Runs a command with its output thrown away. CPU of waited-for children is included."""
    errors = scratch / "stderr"
    started = time.monotonic()
    with open(errors, "wb") as stderr:
        child = subprocess.Popen(
            command, env=env, cwd=scratch, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=stderr,
        )
        sampler = Sampler(child.pid)
        sampler.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        sampler.done.set()
        sampler.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    return {
        "code": child.returncode,
        "cpu": usage.ru_utime + usage.ru_stime,
        "user": usage.ru_utime,
        "system": usage.ru_stime,
        "wall": wall,
        "rss": usage.ru_maxrss / 1024,
        "anonymous": sampler.peak / 1024,
        "read": sum(sampler.read.values()) / 1e6,
    }
