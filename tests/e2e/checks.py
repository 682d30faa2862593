"""Checks with names, time limits and figures, and what becomes of them as JSON."""

from __future__ import annotations

import asyncio
import json
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
Body = Callable[..., Awaitable[Figures | None]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. about: one line for people."""

    name: str
    about: str
    limit_s: float
    body: Body


@dataclass(slots=True)
class Outcome:
    """What came of one check; ``trouble`` is empty when it held."""

    name: str
    about: str
    took_s: float
    trouble: str = ""
    figures: Figures = field(default_factory=dict)


class Results:
    """All outcomes of a run; each is on disk at once, for a guest may be switched off."""

    def __init__(self, path: Path, surroundings: Figures) -> None:
        self._path = path
        self._surroundings = surroundings
        self.outcomes: list[Outcome] = []
        self._write()

    @property
    def good(self) -> bool:
        return bool(self.outcomes) and not any(one.trouble for one in self.outcomes)

    async def run(self, check: Check, *arguments: Any) -> Outcome:
        """Carry out one check; nothing that it raises comes out."""
        started = time.monotonic()
        outcome = Outcome(check.name, check.about, 0.0)
        try:
            async with asyncio.timeout(check.limit_s):
                outcome.figures = await check.body(*arguments) or {}
        except AssertionError as error:
            outcome.trouble = str(error) or traceback.format_exc(limit=-1)
        except Exception:  # noqa: BLE001 - whatever it is, the other checks go on
            outcome.trouble = traceback.format_exc()
        outcome.took_s = round(time.monotonic() - started, 2)
        self.outcomes.append(outcome)
        self._write()
        word = "FAILED" if outcome.trouble else "ok"
        print(f"E2E {word} {check.name} {outcome.took_s} s {outcome.figures}", flush=True)
        if outcome.trouble:
            print(outcome.trouble, flush=True)
        return outcome

    def _write(self) -> None:
        document = {
            "surroundings": self._surroundings,
            "checks": [asdict(one) for one in self.outcomes],
        }
        self._path.write_text(json.dumps(document, indent=1) + "\n")


def in_order(checks: list[Check]) -> Callable[..., Callable[[Body], Body]]:
    """Return a decorator that puts functions down in a list, in the order of the file."""

    def check(*, limit_s: float) -> Callable[[Body], Body]:
        def add(body: Body) -> Body:
            about = (body.__doc__ or "").strip().partition("\n")[0]
            checks.append(Check(body.__name__, about, limit_s, body))
            return body

        return add

    return check
