"""``python -m bench``: measure everything, print a table, and write JSON if asked to.

A missed bar is told and ends well: figures inform. A benchmark that breaks ends with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import compiled, decoding, growth, idle, lag, latency, loop, motion, replaying
from bench.report import as_json, table
from bench.rows import Row

Measure = Callable[[], list[Row]]

GROUPS: dict[str, Measure] = {
    "decode": decoding.measure,
    "pipeline": loop.measure,
    "motion": motion.measure,
    "compiled": compiled.measure,
    "replay": replaying.measure,
    "growth": growth.measure,
    "latency": latency.measure,
    "idle": idle.measure,
    "lag": lag.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; return the exit code."""
    options = _options(arguments)
    rows: list[Row] = []
    broken: list[str] = []
    for name in options.only or GROUPS:
        if name == "compiled" and not options.compiled:
            rows.append(compiled.left_out("left out by --no-compiled"))
            continue
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        try:
            rows += GROUPS[name]()
        except Exception:  # noqa: BLE001 - told, and the exit code says so; the others go on
            traceback.print_exc()
            broken.append(name)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps(as_json(rows), indent=1) + "\n")
    if broken:
        print(f"these benchmarks broke: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure against floors and peers.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result as JSON too")
    parser.add_argument("--only", nargs="+", choices=GROUPS, help="measure only these groups")
    parser.add_argument(
        "--compiled",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="compile the core with mypyc too, which takes half a minute (default)",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
