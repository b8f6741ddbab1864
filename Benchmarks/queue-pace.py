#!/usr/bin/env python3
"""`usher queue admit --rate 420/min --for …` beside the number that it promises, second by second.

BENCH_PACE_SECONDS is how long it runs: 60 when unset, 300 for the figure of five minutes.
"""

import collections
import os
import random
import subprocess
import time

from measure import SCRATCH, USHER, Redis, report, say

SECONDS = int(os.environ.get("BENCH_PACE_SECONDS", "60"))
PER_SECOND = 7
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "500000"))

# The form whose scores are the admissions' times by the server's clock: they tell of each person, not only of each look.
CONFIGURATION = "queues:\n  tickets: { preset: proceed-zset, waiting: waiting, active: active, active-ttl: 1d }\n"


def fill(server):
    """Half a million people who came three milliseconds apart, through redis-cli's pipe."""
    generator = random.Random(1)
    now = int(time.time() * 1000)
    lines = (f"ZADD waiting {now - 3 * (PEOPLE - number)} {generator.getrandbits(128):032x}\r\n" for number in range(PEOPLE))
    pipe = subprocess.Popen(
        ["redis-cli", "-s", server.socket, "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    pipe.stdin.writelines(lines)
    pipe.stdin.close()
    pipe.wait()


def admissions(server):
    """The instant of each admission, in milliseconds of the server's clock."""
    words = server.cli("ZRANGE", "active", "0", "-1", "WITHSCORES").split("\n")
    return sorted(int(score) for score in words[1::2])


def main():
    configuration = SCRATCH / "config.yaml"
    configuration.write_text(CONFIGURATION)
    with Redis() as server:
        environment = {"PATH": os.environ["PATH"], "HOME": str(SCRATCH), "USHER_CONFIG": str(configuration)}
        environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        environment["USHER_REDIS"] = server.url
        fill(server)
        say(f"{PEOPLE:,} people wait; {SECONDS} s at {PER_SECOND} a second")
        server.cli("CONFIG", "RESETSTAT")
        words = [USHER, "queue", "admit", "--rate", f"{PER_SECOND * 60}/min", "--for", f"{SECONDS}s", "--yes", "--quiet"]
        subprocess.run([str(word) for word in words], env=environment, check=True)
        instants = admissions(server)
        statistics = server.cli("INFO", "commandstats")
        held = sum(
            int(line.split("usec=")[1].split(",")[0]) for line in statistics.split() if line.startswith("cmdstat_eval"))

    start = instants[0]
    # Seconds begin half an interval before a turn, so that a turn a millisecond late does not change its second.
    seconds = collections.Counter((instant - start + 500 // PER_SECOND) // 1000 for instant in instants)
    counts = [seconds.get(number, 0) for number in range(SECONDS)]
    gaps = [after - before for before, after in zip(instants, instants[1:])]
    promised = PER_SECOND * SECONDS
    say(f"a second: {min(counts)} to {max(counts)}; the gaps between two: {min(gaps)} to {max(gaps)} ms")
    off = abs(len(instants) - promised) / promised * 100
    report(f"queue admit --rate 420/min --for {SECONDS}s, of {PEOPLE:,}", len(instants), "people", promised)
    report("  off the promised number", off, "%", limit=1)
    report("  most in one second", max(counts), "people", limit=PER_SECOND + 1)
    report("  fewest in one second", min(counts), "people", PER_SECOND)
    report("  the longest gap between two", max(gaps), "ms", 1000 / PER_SECOND)
    report("  of Redis's time", held / (SECONDS * 10_000), "%", limit=1)


main()
