"""What the benchmarks share: private servers, processes measured from outside, and the rows of the table."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

USHER = os.environ.get("USHER", "usher")
SCRATCH = pathlib.Path(os.environ.get("SCRATCH", "."))


def say(text):
    """Progress, for the person who waits."""
    print(f"  {text}", file=sys.stderr, flush=True)


def report(what, usher, unit, baseline=None, at_most=None, times_faster=None, limit=None, ratio=None):
    """Prints one row. `ratio` is usher's share of the baseline; by default that of the two figures.

    Judged by one of: `at_most` (usher takes at most so many times the baseline), `times_faster` (the baseline takes at least so
    many times what usher takes), `limit` (usher's own figure stays under it). Without one the row is only shown.
    """
    row = {"what": what, "usher": usher, "unit": unit, "baseline": baseline}
    if ratio is None and baseline is not None:
        ratio = usher / baseline
    if at_most is not None:
        row |= {"ratio": ratio, "target": f"at most {at_most} times", "is_met": ratio <= at_most}
    elif times_faster is not None:
        row |= {
            "ratio": 1 / ratio, "target": f"at least {times_faster} times faster", "is_met": 1 / ratio >= times_faster,
        }
    elif limit is not None:
        row |= {"target": f"at most {limit} {unit}", "is_met": usher <= limit}
    print(json.dumps(row), flush=True)


class Run:
    """One process from start to end: its wall time, and the most memory that it had resident."""

    def __init__(self, words, environment=None, beside=None, **options):
        """`beside` is called again and again while the process runs, with the time in between its own business."""
        options.setdefault("stdout", subprocess.DEVNULL)
        start = time.perf_counter()
        process = subprocess.Popen([str(word) for word in words], env=environment, **options)
        self.resident_mib = 0.0
        if beside is None:
            process.wait()
        else:
            next_look = 0.0
            while process.poll() is None:
                beside()
                now = time.perf_counter()
                if now >= next_look:
                    self.resident_mib = max(self.resident_mib, peak_mib(process.pid))
                    next_look = now + 0.02
        self.seconds = time.perf_counter() - start
        if process.returncode != 0:
            sys.exit(f"{words[0]} ended with status {process.returncode}: {' '.join(str(word) for word in words)}")


def peak_mib(pid):
    """The peak so far. Not from wait4: that counts the parent too, whose memory the child had until its exec."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def best(count, run):
    """The quickest of several: what else the machine does only ever adds."""
    return min((run() for _ in range(count)), key=lambda result: result.seconds)


def middle(values):
    """The median of an odd number of values."""
    return sorted(values)[len(values) // 2]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Redis:
    """A private server; `dump` is a file that it starts with."""

    def __init__(self, name="redis", dump=None):
        self.directory = SCRATCH / name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        if dump:
            shutil.copy(dump, self.directory / "dump.rdb")
        self.socket = str(self.directory / "redis.sock")
        words = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", str(self.directory)]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        self.url = f"unix://{self.socket}"
        while self.process.poll() is None:
            try:
                if self.client().ask("PING") == b"+PONG":
                    return
            except OSError:
                pass
            time.sleep(0.02)
        sys.exit("redis-server did not start")

    def cli(self, *words):
        """What redis-cli prints."""
        return subprocess.run(
            ["redis-cli", "-s", self.socket, *words], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def client(self):
        return Client(self.socket)

    def save(self):
        """A file that other servers can start with."""
        self.cli("SAVE")
        dump = SCRATCH / f"{self.directory.name}.rdb"
        shutil.move(self.directory / "dump.rdb", dump)
        return dump

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


class Client:
    """A second client of the service's kind, that asks and waits for one line."""

    def __init__(self, path):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(path)

    def ask(self, line):
        self.connection.sendall(line.encode() + b"\r\n")
        reply = b""
        while not reply.endswith(b"\r\n"):
            part = self.connection.recv(4096)
            if not part:
                raise OSError("closed")
            reply += part
        return reply[:-2]


class Pinger:
    """Sends a PING about every millisecond and keeps how long each took."""

    def __init__(self, server):
        self.client = server.client()
        self.milliseconds = []

    def __call__(self):
        if not self.milliseconds:
            self.go_first()
        start = time.perf_counter()
        self.client.ask("PING")
        self.milliseconds.append((time.perf_counter() - start) * 1000)
        time.sleep(0.001)

    @staticmethod
    def go_first():
        """A client on another machine would not wait for a processor of this one: where root may, this one does not either."""
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(50))
        except PermissionError:
            say("without root, PING times hold waits for a processor")

    def for_seconds(self, seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self()
        return self

    def percentile(self, share):
        return percentile(self.milliseconds, share)
