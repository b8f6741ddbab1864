#!/usr/bin/env python3
"""`usher --version`: what every command pays before it does anything; `usher --help`, the longest page; and what TAB asks."""

import os
import time

from measure import SCRATCH, USHER, Redis, report

RUNS = 200


def milliseconds(words, count, **variables):
    """The mean of so many runs, one after the other."""
    null = os.open(os.devnull, os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, null, descriptor) for descriptor in (0, 1, 2)]
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ} | variables
    start = time.perf_counter()
    for _ in range(count):
        os.waitpid(os.posix_spawn(words[0], words, environment, file_actions=streams), 0)
    return (time.perf_counter() - start) * 1000 / count


milliseconds([USHER, "--version"], 20)
bare = milliseconds(["/bin/true"], RUNS)
for option in ("--version", "--help"):
    report(f"usher {option}, mean of {RUNS} runs", milliseconds([USHER, option], RUNS), "ms", bare, limit=10)

configuration = SCRATCH / "config.yaml"
configuration.write_text("queues:\n  tickets: { preset: set-ttl }\n  vip: { preset: zset-expiry, waiting: vip, active: in }\n")
with Redis() as server:
    variables = {"USHER_CONFIG": str(configuration), "USHER_REDIS": server.url}
    lines = {"options": ["queue", "admit", "--"], "queues": ["queue", "status", "--queue", ""], "operations": ["undo", ""]}
    for candidates, line in lines.items():
        words = [USHER, "__complete", "--", *line]
        report(f"usher __complete, {candidates}", milliseconds(words, RUNS, **variables), "ms", bare, limit=10)
