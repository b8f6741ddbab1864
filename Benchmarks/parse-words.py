#!/usr/bin/env python3
"""Parsing a command line of twenty words, in a program that is linked with usher's own release objects."""

import pathlib
import subprocess
import sys

from measure import SCRATCH, USHER, report

SOURCE = pathlib.Path(__file__).resolve().with_suffix(".swift")
ROOT = SOURCE.parent.parent
BUILD = pathlib.Path(USHER).resolve().parent
WORDS = (
    "--context production -o json outbox replay --status INIT,FAIL --limit 500 --rate 420/min --max-affected 1000 "
    "--dry-run --yes --reason stuck --verbose -q"
).split()


def compiled():
    """The benchmark, with the program's objects without its own main."""
    listed = BUILD / "usher.product" / "Objects.LinkFileList"
    if not listed.exists():
        sys.exit(f"{USHER} is not in the directory of a build: run it from .build/release")
    objects = SCRATCH / "objects"
    objects.write_text("".join(line for line in listed.read_text().splitlines(True) if "/usher.build/" not in line))
    maps = [*BUILD.glob("*.build/module.modulemap"), *ROOT.glob("Sources/*/module.modulemap")]
    headers = [word for path in maps for word in ("-Xcc", f"-fmodule-map-file={path}")]
    program = SCRATCH / "parse-words"
    subprocess.run(
        ["swiftc", "-O", "-static-stdlib", "-swift-version", "6", "-I", BUILD / "Modules", *headers, "-o", program, SOURCE,
         f"@{objects}", "-lhiredis", "-l:libyaml.a"],
        check=True, stdout=sys.stderr)
    return program


microseconds = float(subprocess.run([compiled(), *WORDS], stdout=subprocess.PIPE, text=True, check=True).stdout)
report(f"parsing {len(WORDS)} words", microseconds, "µs", limit=50)
