#!/usr/bin/env python3
"""`usher cache evict` of 1,000,000 of 2,000,000 keys, beside redis-cli with xargs and beside one script on the server."""

import os

from measure import SCRATCH, USHER, Pinger, Redis, Run, middle, report, say

KEYS = int(os.environ.get("BENCH_KEYS", "1000000"))
PATTERN = "concertOption::*"

FILL = """
for i = ARGV[1], ARGV[2] do
  redis.call('SET', 'concertOption::' .. i, 'the dates of concert ' .. i)
  redis.call('SET', 'session::' .. i, 'the session of customer ' .. i)
end
"""

# The bare minimum: no other client is served until it ends.
UNLINK = """
local cursor = '0'
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
  cursor = page[1]
  if #page[2] > 0 then redis.call('UNLINK', unpack(page[2])) end
until cursor == '0'
"""

CONFIGURATION = 'caches:\n  concertOption: { prefix: "concertOption::" }\n'


def fill():
    with Redis("full") as server:
        for first in range(1, KEYS + 1, 10_000):
            server.cli("EVAL", FILL, "0", str(first), str(min(first + 9_999, KEYS)))
        return server.save()


def main():
    say(f"filling a server with {2 * KEYS:,} keys")
    dump = fill()
    configuration = SCRATCH / "config.yaml"
    configuration.write_text(CONFIGURATION)

    def measured(name, words, with_pings=False):
        """Each run starts with the same two million keys, and must leave half of them."""
        with Redis("work", dump) as server:
            environment = {"PATH": os.environ["PATH"], "HOME": str(SCRATCH), "USHER_CONFIG": str(configuration)}
            environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
            environment["USHER_REDIS"] = server.url
            pinger = Pinger(server) if with_pings else None
            run = Run([word.replace("SOCKET", server.socket) for word in words], environment, beside=pinger)
            left = int(server.cli("EVAL", "return #redis.call('KEYS', ARGV[1])", "0", PATTERN))
            assert left == 0, f"{name} left {left} keys"
            assert int(server.cli("DBSIZE")) >= KEYS, f"{name} removed too much"
            run.pinger = pinger
            say(f"{name}: {run.seconds:.2f} s")
            return run

    evict = [USHER, "cache", "evict", "concertOption", "--yes", "--quiet"]
    script = ["redis-cli", "-s", "SOCKET", "EVAL", UNLINK, "0", PATTERN]
    pipe = ["sh", "-c", f"redis-cli -s SOCKET --scan --pattern '{PATTERN}' | xargs -n 500 redis-cli -s SOCKET unlink"]

    # The machine's speed drifts: each run of usher is compared with its neighbour, and the median of these ratios counts.
    rounds = []
    for number in range(5):
        own = measured("usher", evict).seconds
        bare = measured("server-side script", script).seconds
        hand = measured("redis-cli and xargs", pipe).seconds if number % 2 == 0 else None
        rounds.append((own, bare, hand))
    beside = [measured("usher, with a second client", evict, with_pings=True) for _ in range(3)]
    with Redis("idle", dump) as server:
        idle = Pinger(server).for_seconds(2)

    what = f"cache evict, {KEYS:,} of {2 * KEYS:,} keys"
    usher = middle([own for own, _, _ in rounds])
    today = [(own, hand) for own, _, hand in rounds if hand]
    report(
        f"{what}; redis-cli --scan | xargs unlink", usher, "s", middle([hand for _, hand in today]), times_faster=7,
        ratio=middle([own / hand for own, hand in today]))
    report(
        f"{what}; one script on the server", usher, "s", middle([bare for _, bare, _ in rounds]), at_most=1.2,
        ratio=middle([own / bare for own, bare, _ in rounds]))
    pings = middle([run.pinger.percentile(0.99) for run in beside])
    report("  PING of a second client, 99th percentile; idle server", pings, "ms", limit=3)
    report("  the same on an idle server", idle.percentile(0.99), "ms")
    report("  resident memory", max(run.resident_mib for run in beside), "MiB", limit=64)


main()
