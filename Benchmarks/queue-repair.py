#!/usr/bin/env python3
"""`usher queue park` of half a million people and its undo, and `queue remove` of 100,000 and its undo, beside bare commands."""

import os
import random
import time

from measure import SCRATCH, USHER, Redis, Run, report, say

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "500000"))
REMOVED = PEOPLE // 5
LATE = PEOPLE // 10
ROUNDS = 3

CONFIGURATION = "queues:\n  tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens }\n"


def tokens(seed, count):
    generator = random.Random(seed)
    return [
        "%08x-%04x-%04x-%04x-%012x" % tuple(generator.getrandbits(bits) for bits in (32, 16, 16, 16, 48))
        for _ in range(count)
    ]


def add(client, people, start):
    """People who came three milliseconds apart, five hundred a command."""
    for first in range(0, len(people), 500):
        part = people[first:first + 500]
        words = " ".join(f"{start + 3 * (first + number)} {token}" for number, token in enumerate(part))
        client.ask(f"ZADD waiting_tokens {words}")


class Bench:
    def __init__(self, server):
        self.server = server
        self.client = server.client()
        self.people = tokens(1, PEOPLE)
        self.late = tokens(2, LATE)
        self.now = int(time.time() * 1000)
        configuration = SCRATCH / "config.yaml"
        configuration.write_text(CONFIGURATION)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(SCRATCH), "USHER_CONFIG": str(configuration)}
        self.environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        self.environment["USHER_REDIS"] = server.url
        chosen = random.Random(3).sample(self.people, REMOVED)
        self.file = SCRATCH / "removed.txt"
        self.file.write_text("\n".join(chosen) + "\n")

    def fill(self):
        self.client.ask("FLUSHALL")
        add(self.client, self.people, self.now - 3 * PEOPLE)
        self.digest = self.server.cli("DEBUG", "DIGEST-VALUE", "waiting_tokens")

    def waiting(self):
        return int(self.server.cli("ZCARD", "waiting_tokens"))

    def usher(self, *words):
        """A command, its time, its memory, and how long each script call of it held the server, in order."""
        self.server.cli("SLOWLOG", "RESET")
        self.server.cli("CONFIG", "SET", "slowlog-log-slower-than", "0")
        run = Run([USHER, *words, "--yes", "--quiet"], self.environment, beside=lambda: time.sleep(0.005))
        self.server.cli("CONFIG", "SET", "slowlog-log-slower-than", "-1")
        calls = self.server.cli(
            "EVAL",
            "local times = {} for _, e in ipairs(redis.call('SLOWLOG', 'GET', 100000)) do "
            "if e[6] == 'usher' and e[4][1]:sub(1, 4) == 'EVAL' then table.insert(times, 1, e[3]) end end "
            "return table.concat(times, ' ')", "0")
        # What it holds is not what the command keeps.
        self.server.cli("SLOWLOG", "RESET")
        run.calls = [int(microseconds) / 1000 for microseconds in calls.split()]
        run.hold = max(run.calls)
        say(f"{' '.join(words)[:60]}: {run.seconds * 1000:.0f} ms, one call {run.hold:.2f} ms, {run.resident_mib:.0f} MiB")
        return run

    def bytes_of_images(self):
        return int(self.server.cli(
            "EVAL",
            "local bytes = 0 for _, key in ipairs(redis.call('KEYS', 'usher:*:before:*')) do "
            "bytes = bytes + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0) end return bytes", "0"))


def bare_removal(bench):
    """What a person would do: ZREM from a file, five hundred tokens a command, without a way back."""
    start = time.perf_counter()
    chosen = bench.file.read_text().split()
    for first in range(0, len(chosen), 500):
        bench.client.ask("ZREM waiting_tokens " + " ".join(chosen[first:first + 500]))
    return time.perf_counter() - start


def own_work(runs):
    """The longest call, without what this machine added to it: the same batch does the same work in each round, and what interrupts
    the server does not meet the same batch in all of them."""
    lists = [run.calls for run in runs]
    if len({len(calls) for calls in lists}) > 1:
        # A batch was sent again: compare by rank.
        lists = [sorted(calls, reverse=True) for calls in lists]
    return max(min(same) for same in zip(*lists))


def go_first(server):
    """How long a call holds Redis is what it computes, and not what else this machine does: where root may, the server goes first."""
    try:
        os.sched_setscheduler(server.process.pid, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(40))
    except PermissionError:
        say("without root, calls hold waits for a processor")


def main():
    with Redis() as server:
        go_first(server)
        server.cli("CONFIG", "SET", "slowlog-max-len", "100000")
        bench = Bench(server)
        runs = {name: [] for name in ("park", "undo", "unpark", "remove", "put back")}
        bare = []
        for _ in range(ROUNDS):
            bench.fill()
            runs["park"].append(bench.usher("queue", "park"))
            assert bench.waiting() == 0
            runs["undo"].append(bench.usher("undo", "--last"))
            assert server.cli("DEBUG", "DIGEST-VALUE", "waiting_tokens") == bench.digest, "the undo is not exact"
            bench.usher("queue", "park")
            add(bench.client, bench.late, bench.now)
            runs["unpark"].append(bench.usher("queue", "unpark"))
            assert bench.waiting() == PEOPLE + LATE
            bench.fill()
            runs["remove"].append(bench.usher("queue", "remove", "--file", str(bench.file)))
            assert bench.waiting() == PEOPLE - REMOVED
            image = bench.bytes_of_images() / REMOVED
            runs["put back"].append(bench.usher("undo", "--last"))
            assert server.cli("DEBUG", "DIGEST-VALUE", "waiting_tokens") == bench.digest, "the undo is not exact"
            bare.append(bare_removal(bench))

    def best(name):
        return min(run.seconds for run in runs[name])

    report(f"queue park of {PEOPLE:,}", best("park"), "s", limit=3)
    report("  its undo", best("undo"), "s", limit=3)
    report(f"  its unpark, {LATE:,} having come meanwhile", best("unpark"), "s", limit=3)
    report(f"queue remove of {REMOVED:,}; ZREM alone", best("remove"), "s", min(bare), at_most=2)
    report("  its undo", best("put back"), "s", limit=3)
    report("  what Redis keeps of each removed, for the undo", image, "bytes")
    report("  the longest that the work of one call held Redis", max(own_work(runs[name]) for name in runs), "ms", limit=5)
    report("  the longest call with what the machine added", max(run.hold for name in runs for run in runs[name]), "ms")
    report("  memory of usher", max(run.resident_mib for name in runs for run in runs[name]), "MiB", limit=64)


main()
