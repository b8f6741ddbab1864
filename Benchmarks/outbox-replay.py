#!/usr/bin/env python3
"""`usher outbox replay` of 100,000 events to a broker, beside `psql COPY … | kcat -P` and one UPDATE.

Both send the same events to the same broker, idempotent and acknowledged by all replicas, and mark the rows of the same table.
usher locks what it sends, keeps a before-image, and stops at the first record that fails; the other way does neither.
"""

import os
import subprocess
import sys
import time

from measure import SCRATCH, USHER, Run, best, report, say

EVENTS = int(os.environ.get("BENCH_EVENTS", "100000"))

TABLE = f"""
DROP TABLE IF EXISTS bench_outbox;
CREATE TABLE bench_outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, event_type text NOT NULL, payload jsonb NOT NULL,
  status varchar(16) NOT NULL, created_at timestamptz NOT NULL, published_at timestamptz);
INSERT INTO bench_outbox (key, event_type, payload, status, created_at)
SELECT (i::bigint * 7919 % 20000)::text, CASE WHEN i % 3 = 0 THEN 'PaymentCompleted' ELSE 'ReservationExpired' END,
  jsonb_build_object('paymentId', i, 'amount', 132000, 'customer', '김철수', 'note', repeat('x', 80)),
  CASE WHEN i % 7 = 0 THEN 'FAIL' ELSE 'INIT' END, now() - interval '1 day' + i * interval '0.5 s'
FROM generate_series(1, {EVENTS}) i;
CREATE INDEX ON bench_outbox (status, created_at);
VACUUM ANALYZE bench_outbox;
CHECKPOINT;
"""
WAITING = "status IN ('INIT', 'FAIL') AND created_at < now() - interval '1 minute'"
EXPORT = f"COPY (SELECT key, payload FROM bench_outbox WHERE {WAITING} ORDER BY created_at, id) TO STDOUT"
MARK = f"UPDATE bench_outbox SET status = 'PUBLISHED', published_at = now() WHERE {WAITING}"

CONFIGURATION = """
outbox:
  table: bench_outbox
  columns: { id: id, key: key, type: event_type, payload: payload, status: status, created: created_at, published: published_at }
  publish: { to: kafka, topic: bench-usher, key: "{key}", value: "{payload}", headers: { event_type: "{event_type}" } }
"""


class Sandbox:
    """A private PostgreSQL and broker, as usher itself starts them."""

    def __init__(self):
        self.words = ["--directory", str(SCRATCH / "sandbox")]

    def __enter__(self):
        subprocess.run([USHER, "sandbox", "start", *self.words, "--no-seed", "--quiet"], check=True, stdout=sys.stderr)
        script = 'eval "$("$0" sandbox env "$@")" && exec env -0'
        lines = subprocess.run(["bash", "-c", script, USHER, *self.words], check=True, stdout=subprocess.PIPE).stdout
        environment = dict(line.split("=", 1) for line in lines.decode().split("\0") if line)
        # The connections come from the variables; the table is this benchmark's own.
        environment["USHER_CONFIG"] = str(SCRATCH / "outbox.yaml")
        (SCRATCH / "outbox.yaml").write_text(CONFIGURATION)
        return environment

    def __exit__(self, *_):
        subprocess.run([USHER, "sandbox", "stop", *self.words, "--quiet"], stdout=sys.stderr)


def psql(environment, statements):
    words = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    subprocess.run(words, env=environment, input=statements, text=True, check=True, stderr=subprocess.DEVNULL)


def waiting(environment):
    words = ["psql", "-X", "-A", "-t", "-c", "SELECT count(*) FROM bench_outbox WHERE status <> 'PUBLISHED'"]
    return int(subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout)


class ByHand:
    """Export, pipe, mark: three programs, as an operator would type them."""

    def __init__(self, environment):
        psql(environment, TABLE)
        start = time.perf_counter()
        export = subprocess.Popen(["psql", "-X", "-q", "-c", EXPORT], env=environment, stdout=subprocess.PIPE)
        kcat = ["kcat", "-P", "-b", environment["USHER_KAFKA"], "-t", "bench-hand", "-K", "\t", "-X", "acks=all"]
        subprocess.run([*kcat, "-X", "enable.idempotence=true"], env=environment, stdin=export.stdout, check=True)
        if export.wait() != 0:
            sys.exit("psql failed")
        psql(environment, MARK)
        self.seconds = time.perf_counter() - start


def by_usher(environment):
    psql(environment, TABLE)
    run = Run([USHER, "outbox", "replay", "--yes"], environment, beside=lambda: time.sleep(0.01))
    left = waiting(environment)
    if left != 0:
        sys.exit(f"{left} events were not replayed")
    return run


def main():
    with Sandbox() as environment:
        if "USHER_KAFKA" not in environment:
            sys.exit("the sandbox has no broker: run `make setup`")
        # Both topics exist before anything is measured.
        for topic in ["bench-hand", "bench-usher"]:
            kcat = ["kcat", "-P", "-b", environment["USHER_KAFKA"], "-t", topic]
            subprocess.run(kcat, env=environment, input=b"first\n", check=True)
        say(f"psql COPY | kcat -P and one UPDATE, {EVENTS:,} events, three times")
        hand = best(3, lambda: ByHand(environment))
        say(f"usher outbox replay, {EVENTS:,} events, three times")
        own = best(3, lambda: by_usher(environment))
    report(
        f"outbox replay, {EVENTS:,} events, beside psql | kcat and UPDATE", own.seconds, "s", baseline=hand.seconds, at_most=2)
    report("outbox replay, peak memory", own.resident_mib, "MiB", limit=64)


main()
