"""One line of the result: what was compared, the ratio, the bar, and whether it is met."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["met", "missed", "not run", "-"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit for the ratio; for one's own value (in the row's unit) where no ratio makes sense."""

    limit: float
    at_least: bool = False
    of_value: bool = False

    def accepts(self, number: float) -> bool:
        return number >= self.limit if self.at_least else number <= self.limit

    def text(self, unit: str) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{sign} {self.limit:g} {unit}" if self.of_value else f"{sign} {self.limit:g}x"


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; ``ours`` and ``reference`` are in ``unit``.

    ratio: how many times faster we are where the bar says ``>=``, else how many times slower.
    """

    id: str
    what: str
    unit: str = ""
    ours: float | None = None
    reference: float | None = None
    against: str = ""
    bar: Bar | None = None
    faster: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if self.ours is None or self.reference is None:
            return None
        if self.faster:
            return self.reference / self.ours
        return self.ours / self.reference

    @property
    def verdict(self) -> Verdict:
        if self.ours is None:
            return "not run"
        if self.bar is None:
            return "-"
        number = self.ours if self.bar.of_value else self.ratio
        if number is None:
            return "not run"
        return "met" if self.bar.accepts(number) else "missed"

    def as_json(self) -> dict[str, object]:
        fields = asdict(self)
        fields["bar"] = None if self.bar is None else self.bar.text(self.unit)
        return {**fields, "ratio": self.ratio, "verdict": self.verdict}


def not_run(row_id: str, what: str, reason: str, bar: Bar | None = None) -> Row:
    """Return the row of a comparison that cannot be made here."""
    return Row(row_id, what, bar=bar, note=reason)
