#!/usr/bin/env python3
"""`usher queue status`, `show` and `list` at half a million people: what they cost Redis, and how quick a list of everybody is."""

import os
import random
import subprocess
import time

from measure import SCRATCH, USHER, Redis, Run, best, report, say

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "500000"))
ACTIVE = 2_100
ROUNDS = 5
# A process starts, connects and greets before it asks: one round trip that every command has.
GREETING = 1

CONFIGURATION = """
queues:
  tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens, capacity: 2500 }
  expiry: { preset: zset-expiry, waiting: waiting_tokens, active: expiry_tokens, capacity: 2500 }
  pairs: { preset: set-ttl, waiting: waiting_pairs, active: active_tokens, member: "token:user" }
"""


def word(value):
    value = str(value).encode()
    return b"$%d\r\n%s\r\n" % (len(value), value)


def fill(server):
    """UUIDs that came a fifth of a millisecond apart, so that some share a score; the same with users in a second key."""
    generator = random.Random(1)
    now = int(time.time() * 1000)
    tokens = []
    pipe = subprocess.Popen(["redis-cli", "-s", server.socket, "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def send(*words):
        pipe.stdin.write(b"*%d\r\n" % len(words) + b"".join(word(each) for each in words))

    def token():
        return "%08x-%04x-%04x-%04x-%012x" % tuple(generator.getrandbits(bits) for bits in (32, 16, 16, 16, 48))

    for start in range(0, PEOPLE, 500):
        numbers = range(start, min(PEOPLE, start + 500))
        part = [(now - (PEOPLE - number) // 5, token()) for number in numbers]
        tokens += [name for _, name in part]
        send("ZADD", "waiting_tokens", *[each for pair in part for each in pair])
        send("ZADD", "waiting_pairs", *[each for score, name in part for each in (score, f"{name}:{score}")])
    active = [token() for _ in range(ACTIVE)]
    send("SADD", "active_tokens", *active)
    send("EXPIRE", "active_tokens", 300)
    send("ZADD", "expiry_tokens", *[each for number, name in enumerate(active) for each in (now + 100 * number, name)])
    pipe.stdin.close()
    pipe.wait()
    return tokens


def field(server, section, name):
    for line in server.cli("INFO", section).splitlines():
        if line.startswith(name + ":"):
            return line[len(name) + 1:].strip()
    return "0"


def server_milliseconds(server, run):
    """What the server spent on commands while `run` ran, in milliseconds; the asking itself is left out."""
    server.cli("CONFIG", "RESETSTAT")
    run()
    total = 0
    for line in server.cli("INFO", "commandstats").splitlines():
        if line.startswith("cmdstat_") and not line.startswith(("cmdstat_config", "cmdstat_info")):
            total += int(line.split("usec=")[1].split(",")[0])
    return total / 1000


def round_trips(server, run):
    """How often the server had something to read from usher after its greeting."""
    before = int(field(server, "stats", "total_reads_processed"))
    run()
    after = int(field(server, "stats", "total_reads_processed"))
    # The client that asks is read once for its question, and once for its end.
    idle = int(field(server, "stats", "total_reads_processed")) - after
    return after - before - idle - GREETING - 1


def longest_hold(server, run):
    server.cli("CONFIG", "SET", "slowlog-max-len", "100000")
    server.cli("CONFIG", "SET", "slowlog-log-slower-than", "100")
    server.cli("SLOWLOG", "RESET")
    run()
    server.cli("CONFIG", "SET", "slowlog-log-slower-than", "-1")
    entries = server.cli("EVAL", "local most = 0 for _, e in ipairs(redis.call('SLOWLOG', 'GET', 100000)) do "
                         "if e[6] == 'usher' and e[3] > most then most = e[3] end end return most", "0")
    return int(entries) / 1000


def main():
    configuration = SCRATCH / "config.yaml"
    configuration.write_text(CONFIGURATION)
    with Redis() as server:
        server.cli("CONFIG", "SET", "slowlog-log-slower-than", "-1")
        say(f"{PEOPLE:,} people …")
        tokens = fill(server)
        assert server.cli("ZCARD", "waiting_tokens") == str(PEOPLE)
        environment = {"PATH": os.environ["PATH"], "HOME": str(SCRATCH), "USHER_CONFIG": str(configuration)}
        environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        environment["USHER_REDIS"] = server.url

        def usher(*words, **options):
            return Run([USHER, "queue", *words], environment, **options)

        for queue in ("tickets", "expiry"):
            cost = min(server_milliseconds(server, lambda: usher("status", "--queue", queue, "-q")) for _ in range(ROUNDS))
            report(f"queue status of {PEOPLE:,}, {queue}: server time", cost, "ms", limit=5)
        middle = tokens[PEOPLE // 2]
        for queue in ("tickets", "expiry"):
            trips = min(round_trips(server, lambda: usher("show", middle, "--queue", queue)) for _ in range(ROUNDS))
            report(f"queue show in {queue}: round trips", trips, "", limit=2)
        show = best(ROUNDS, lambda: usher("show", middle, "--queue", "expiry"))
        report("  from start to end", show.seconds * 1000, "ms")
        pair = best(3, lambda: usher("show", middle, "--queue", "pairs"))
        report("  where members are token:user, by a walk", pair.seconds * 1000, "ms")

        bare = best(ROUNDS, lambda: Run(
            ["redis-cli", "-s", server.socket, "ZRANGE", "waiting_tokens", "0", "-1", "WITHSCORES"]))
        for words in (["-o", "jsonl"], ["-o", "csv"]):
            listed = best(ROUNDS, lambda: usher("list", "--queue", "tickets", *words))
            say(f"{PEOPLE / listed.seconds:,.0f} rows a second")
            report(f"queue list {' '.join(words)} of {PEOPLE:,}; redis-cli ZRANGE", listed.seconds, "s", bare.seconds)
            report("  the same at 300,000 rows a second", listed.seconds, "s", limit=round(PEOPLE / 300_000, 2))
        memory = usher("list", "--queue", "tickets", "-o", "jsonl", beside=lambda: time.sleep(0.002)).resident_mib
        report("  resident memory", memory, "MiB", limit=64)
        hold = min(longest_hold(server, lambda: usher("list", "--queue", "tickets", "-o", "jsonl")) for _ in range(3))
        report("  the longest that one call held Redis", hold, "ms", limit=5)
        hold = min(longest_hold(server, lambda: usher("show", middle, "--queue", "pairs")) for _ in range(3))
        report("  the same for the walk of queue show", hold, "ms", limit=5)


main()
