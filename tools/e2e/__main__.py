"""``python -m e2e PLAN``: build the guests, run a plan in each, print what they found.

Exit code 0 when everything held, 1 when something did not, 2 when the host lacks something.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any, Final

from e2e.guest import kvm_works, run_guest
from e2e.images import PYTHON, TOP, build_image
from e2e.needs import missing
from e2e.report import is_good, results_of, table, write_json

LIMITS_S: Final = {"stack": 60, "smoke": 120, "faults": 420}
"""Plans, with the longest time for what a guest does between booting and switching off."""

CORES_PER_GUEST: Final = 1
"""A guest mostly waits: two share two cores well."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked for; return the exit code."""
    options = _options(arguments)
    if lacking := missing():
        print("e2e cannot run here:", *lacking, sep="\n  ", file=sys.stderr)
        return 2
    started = time.monotonic()
    workers = max(1, min(len(options.suite), (os.cpu_count() or 1) // CORES_PER_GUEST))
    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(lambda suite: _one(suite, options), options.suite))
    write_json(results, options.out / "results.json")
    print(table(results))
    print(f"\n{time.monotonic() - started:.0f} s in all; logs and figures: {options.out}")
    return 0 if all(is_good(result) for result in results) else 1


def _one(suite: str, options: argparse.Namespace) -> dict[str, Any]:
    folder = options.out / suite
    shutil.rmtree(folder, ignore_errors=True)
    started = time.monotonic()
    try:
        image = build_image(suite, folder)
    except CalledProcessError as error:
        print(f"{suite}: {error}", file=sys.stderr)
        return {"suite": suite, "finished": False, "took_s": 0, "surroundings": {}, "checks": []}
    built_s = time.monotonic() - started
    kvm = options.kvm and kvm_works(image, folder)
    print(f"{suite}: image after {built_s:.0f} s; running {options.plan}", file=sys.stderr)
    limit_s = LIMITS_S[options.plan]
    run = run_guest(image, options.plan, limit_s=limit_s, folder=folder, kvm=kvm)
    image.initrd.unlink()
    return {**results_of(run), "image_s": round(built_s, 1), "kvm": kvm}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="e2e", description=__doc__)
    parser.add_argument("plan", choices=LIMITS_S)
    parser.add_argument(
        "--suite", action="append", choices=PYTHON, help="Debian to run; default: all"
    )
    parser.add_argument("--out", type=Path, help="folder for logs and figures")
    parser.add_argument(
        "--kvm", action="store_true", help="use KVM if a guest is seen to boot with it"
    )
    options = parser.parse_args(arguments)
    options.suite = options.suite or list(PYTHON)
    options.out = options.out or TOP / "build" / "e2e" / options.plan
    return options


if __name__ == "__main__":
    sys.exit(main())
