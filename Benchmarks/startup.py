#!/usr/bin/env python3
"""`usher --version`: what every command pays before it does anything; and `usher --help`, the longest page."""

import os
import time

from measure import USHER, report

RUNS = 200


def milliseconds(words, count):
    """The mean of so many runs, one after the other."""
    null = os.open(os.devnull, os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, null, descriptor) for descriptor in (0, 1, 2)]
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    start = time.perf_counter()
    for _ in range(count):
        os.waitpid(os.posix_spawn(words[0], words, environment, file_actions=streams), 0)
    return (time.perf_counter() - start) * 1000 / count


milliseconds([USHER, "--version"], 20)
bare = milliseconds(["/bin/true"], RUNS)
for option in ("--version", "--help"):
    report(f"usher {option}, mean of {RUNS} runs", milliseconds([USHER, option], RUNS), "ms", bare, limit=10)
