"""What the guests found, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from e2e.guest import Run


def results_of(run: Run) -> dict[str, Any]:
    """Return the results of one guest; of one that did not come to its end, what there is."""
    path = run.folder / "results.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {"checks": []}
    return {
        "suite": run.suite,
        "finished": run.finished,
        "took_s": round(run.took_s, 1),
        "surroundings": found.get("surroundings", {}),
        "checks": found["checks"],
    }


def is_good(result: dict[str, Any]) -> bool:
    """Say whether a guest came to its end, checked something, and everything held."""
    checks = result["checks"]
    return bool(result["finished"] and checks and not any(one["trouble"] for one in checks))


def table(results: Sequence[dict[str, Any]]) -> str:
    """Return one line per check, and the troubles in full below."""
    lines = []
    for result in results:
        about = result["surroundings"]
        word = "good" if is_good(result) else "NOT GOOD"
        lines.append(
            f"\n{result['suite']}: BlueZ {about.get('bluez', '?')}, kernel "
            f"{about.get('kernel', '?')}, {result['took_s']} s: {word}"
        )
        for one in result["checks"]:
            mark = "FAILED" if one["trouble"] else "ok"
            figures = ", ".join(f"{key} {value}" for key, value in one["figures"].items())
            lines.append(f"  {mark:6} {one['took_s']:6.1f} s  {one['name']}  {figures}")
            lines += [f"         {line}" for line in one["trouble"].strip().splitlines()]
        if not result["finished"]:
            lines.append("  the guest did not hand back its results; see console.log")
    return "\n".join(lines)


def write_json(results: Sequence[dict[str, Any]], path: Path) -> None:
    """Write everything, for programs."""
    path.write_text(json.dumps(list(results), indent=1) + "\n")
