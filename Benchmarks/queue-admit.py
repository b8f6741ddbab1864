#!/usr/bin/env python3
"""`usher queue admit` of 50,000 people, beside one bare script that makes the same moves, and beside the service's own loop."""

import os
import random
import socket
import time

from measure import SCRATCH, USHER, Redis, Run, report, say

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "50000"))
ACTIVE = 2_100
ROUNDS = 9
# The loop is slow: so many people tell its speed.
LOOP_PEOPLE = min(5_000, PEOPLE)

CONFIGURATION = "queues:\n  tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens }\n"

# What a person would write: all moves in one call, without a lock, a before-image or a record. Lua's stack takes no more
# than some thousand words a command.
BARE = """
local left = tonumber(ARGV[1])
while left > 0 do
  local popped = redis.call('ZPOPMIN', KEYS[1], math.min(left, 500))
  if #popped == 0 then break end
  local tokens = {}
  for i = 1, #popped, 2 do tokens[#tokens + 1] = popped[i] end
  redis.call('SADD', KEYS[2], unpack(tokens))
  left = left - #tokens
end
redis.call('EXPIRE', KEYS[2], 300)
"""


class Connection:
    """One client of the service's kind, that sends commands with words of any kind and waits for each reply."""

    def __init__(self, server):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(server.socket)
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            word = str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
        self.socket.sendall(b"".join(parts))
        return self.read()

    def read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise RuntimeError(rest)
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2].decode(errors="replace") if int(rest) >= 0 else None
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest


def fill(redis):
    """The same people each time: UUIDs that came three milliseconds apart."""
    redis.ask("FLUSHALL")
    generator = random.Random(1)

    def token():
        return "%08x-%04x-%04x-%04x-%012x" % tuple(generator.getrandbits(bits) for bits in (32, 16, 16, 16, 48))

    now = int(time.time() * 1000)
    for start in range(0, PEOPLE, 500):
        words = []
        for number in range(start, min(PEOPLE, start + 500)):
            words += [now - 3 * (PEOPLE - number), token()]
        redis.ask("ZADD", "waiting_tokens", *words)
    redis.ask("SADD", "active_tokens", *[token() for _ in range(ACTIVE)])
    redis.ask("EXPIRE", "active_tokens", 300)


def audit(redis, name):
    assert redis.ask("SCARD", "active_tokens") == PEOPLE + ACTIVE, f"{name} did not admit everybody"
    assert redis.ask("ZCARD", "waiting_tokens") == 0, f"{name} left somebody waiting"


def service_loop(redis):
    """One ZRANGE, then SADD, EXPIRE and ZREM for each token, each waited for."""
    for token in redis.ask("ZRANGE", "waiting_tokens", 0, LOOP_PEOPLE - 1):
        redis.ask("SADD", "active_tokens", token)
        redis.ask("EXPIRE", "active_tokens", 300)
        redis.ask("ZREM", "waiting_tokens", token)


def longest_hold(redis, run):
    """The longest that one call of usher's held the server, in milliseconds, by the server's slow log."""
    fill(redis)
    redis.ask("CONFIG", "SET", "slowlog-max-len", 100_000)
    redis.ask("CONFIG", "SET", "slowlog-log-slower-than", 0)
    redis.ask("SLOWLOG", "RESET")
    run()
    redis.ask("CONFIG", "SET", "slowlog-log-slower-than", -1)
    return max(entry[2] for entry in redis.ask("SLOWLOG", "GET", -1) if entry[5] == "usher") / 1000


def main():
    configuration = SCRATCH / "config.yaml"
    configuration.write_text(CONFIGURATION)
    with Redis() as server:
        redis = Connection(server)
        environment = {"PATH": os.environ["PATH"], "HOME": str(SCRATCH), "USHER_CONFIG": str(configuration)}
        environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        environment["USHER_REDIS"] = server.url
        admit = [USHER, "queue", "admit", str(PEOPLE), "--yes", "--quiet"]
        script = ["redis-cli", "-s", server.socket, "EVAL", BARE, "2", "waiting_tokens", "active_tokens", str(PEOPLE)]

        def measured(name, words):
            fill(redis)
            run = Run(words, environment)
            audit(redis, name)
            say(f"{name}: {run.seconds * 1000:.0f} ms")
            return run.seconds

        redis.ask("CONFIG", "SET", "slowlog-log-slower-than", -1)
        pairs = [(measured("usher", admit), measured("bare script", script)) for _ in range(ROUNDS)]
        usher, bare = (min(pair[index] for pair in pairs) for index in (0, 1))
        hold = min(longest_hold(redis, lambda: Run(admit, environment)) for _ in range(3))
        fill(redis)
        start = time.perf_counter()
        service_loop(redis)
        loop = (time.perf_counter() - start) / LOOP_PEOPLE * PEOPLE

    report(f"queue admit {PEOPLE:,}; one bare script", usher * 1000, "ms", bare * 1000, at_most=1.4)
    report(f"  the service's own loop, from {LOOP_PEOPLE:,}", usher * 1000, "ms", loop * 1000, times_faster=10)
    report("  the longest that one call held Redis", hold, "ms", limit=3)


main()
