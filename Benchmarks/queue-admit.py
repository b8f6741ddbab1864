#!/usr/bin/env python3
"""Admitting people: usher beside one bare script that makes the same moves, and beside a service's own loop.

usage: Benchmarks/queue-admit.py USHER [COUNT]

Starts a private Redis with COUNT waiting tokens (50,000) and 2,100 active ones, and admits all COUNT three ways, several times
in turn on fresh data. Each way is timed as a whole process by the wall clock, and the best of its runs counts: what else the
machine does only adds time. Prints also how long one call of usher's held Redis, from its slow log.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ACTIVE = 2_100
ROUNDS = 9
# The service's loop is slow: this many tokens tell its speed.
LOOP_TOKENS = 5_000

# What a person would write: the whole move in one call, without a lock, a before-image or a record.
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


class Redis:
    """One connection, enough of the protocol for this."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    @staticmethod
    def encode(*words):
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            word = word if isinstance(word, bytes) else str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
        return b"".join(parts)

    def read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if int(rest) < 0 else self.file.read(int(rest) + 2)[:-2]
        return [self.read() for _ in range(int(rest))]

    def call(self, *words):
        self.socket.sendall(self.encode(*words))
        return self.read()


def fill(redis, count):
    """The same tokens each time: UUIDs that came three milliseconds apart."""
    redis.call("FLUSHALL")
    generator = random.Random(1)

    def token():
        return "%08x-%04x-%04x-%04x-%012x" % tuple(generator.getrandbits(bits) for bits in (32, 16, 16, 16, 48))

    now = int(time.time() * 1000)
    for start in range(0, count, 500):
        words = []
        for number in range(start, min(count, start + 500)):
            words += [now - 3 * (count - number), token()]
        redis.call("ZADD", "waiting_tokens", *words)
    redis.call("SADD", "active_tokens", *[token() for _ in range(ACTIVE)])
    redis.call("EXPIRE", "active_tokens", 300)


def timed(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start


def service_loop(path, count):
    """ZRANGE, then SADD, EXPIRE and ZREM for each token, each waited for: what the service does itself."""
    redis = Redis(path)
    for token in redis.call("ZRANGE", "waiting_tokens", 0, count - 1):
        redis.call("SADD", "active_tokens", token)
        redis.call("EXPIRE", "active_tokens", 300)
        redis.call("ZREM", "waiting_tokens", token)


def main():
    usher = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    directory = tempfile.mkdtemp(prefix="usher-bench-")
    path = os.path.join(directory, "redis.sock")
    server = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--dir", directory],
        stdout=subprocess.DEVNULL)
    try:
        while not os.path.exists(path):
            time.sleep(0.01)
        redis = Redis(path)
        config = os.path.join(directory, "config.yaml")
        with open(config, "w") as file:
            file.write("queues:\n  tickets: {preset: set-ttl, waiting: waiting_tokens, active: active_tokens}\n")
        environment = {"USHER_CONFIG": config, "USHER_REDIS": "unix://" + path, "USER": "bench", "PATH": os.environ["PATH"]}
        if "LD_LIBRARY_PATH" in os.environ:
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]

        def run_usher():
            subprocess.run([usher, "queue", "admit", str(count), "--yes", "--quiet"], env=environment, check=True)

        def run_bare():
            subprocess.run(
                ["redis-cli", "-s", path, "EVAL", BARE, "2", "waiting_tokens", "active_tokens", str(count)],
                check=True, stdout=subprocess.DEVNULL)

        seconds = {run_usher: [], run_bare: []}
        longest = []
        for _ in range(ROUNDS):
            for run in seconds:
                fill(redis, count)
                redis.call("CONFIG", "SET", "slowlog-log-slower-than", 0 if run is run_usher else -1)
                redis.call("CONFIG", "SET", "slowlog-max-len", 100_000)
                redis.call("SLOWLOG", "RESET")
                seconds[run].append(timed(run))
                if run is run_usher:
                    calls = redis.call("SLOWLOG", "GET", -1)
                    longest.append(max(entry[2] for entry in calls if entry[5] == b"usher"))
                redis.call("CONFIG", "SET", "slowlog-log-slower-than", -1)
                assert redis.call("SCARD", "active_tokens") == count + ACTIVE, "not everybody was admitted"
                assert redis.call("ZCARD", "waiting_tokens") == 0, "somebody still waits"
        fill(redis, count)
        loop = timed(lambda: service_loop(path, LOOP_TOKENS)) / LOOP_TOKENS * count

        mine, bare = (min(seconds[run]) for run in (run_usher, run_bare))
        print(f"queue admit {count:,} of {count:,}, the best of {ROUNDS} runs")
        print(f"  usher, with lock, record and before-image   {mine * 1000:9,.1f} ms   {count / mine:11,.0f} tokens/s")
        print(f"  one bare script, in one call                {bare * 1000:9,.1f} ms   {count / bare:11,.0f} tokens/s")
        print(f"  the service's own loop ({LOOP_TOKENS:,} measured)      {loop * 1000:9,.1f} ms   {count / loop:11,.0f} tokens/s")
        print(f"  usher / bare script: {mine / bare:.2f} (goal: at most 1.40); the loop / usher: {loop / mine:.0f}")
        held = ", ".join(f"{microseconds / 1000:.2f}" for microseconds in sorted(longest))
        print(f"  the longest that one call of usher's held Redis, run by run: {held} ms (goal: at most 3.00)")
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
