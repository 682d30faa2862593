"""What can be odd about a recording: the rows, and one oddity with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ftms_bridge.app.doctor.findings import Cause, Finding, Severity
from ftms_bridge.app.doctor.tracks import Stream, Track

ODD: Final = 50
"""Exit code when something is likely wrong with what the machine sends."""

LEAST_RECORDS: Final = 30
LEAST_SPAN_S: Final = 30.0
"""House choices: below these nothing is said about a field."""


def _warning(word: str, meaning: str, remedy: str) -> Cause:
    return Cause(word, Severity.WARNING, ODD, meaning, remedy)


def _note(word: str, meaning: str, remedy: str = "") -> Cause:
    return Cause(word, Severity.NOTE, 0, meaning, remedy)


_LOOK: Final = "Compare with the machine's display."
_TRY: Final = f"{_LOOK} The proposal below says how to correct it."

NO_RECORDS: Final = _warning(
    "no_records", "Nothing was measured while this was recorded.",
    "Record again, and use the machine while you do: ftms-bridge record MACHINE --out FILE",
)  # fmt: skip
TOO_SHORT: Final = _note("too_short", "There is not enough here to tell.")
RECORDS_CUT: Final = _warning(
    "records_cut", "Records are shorter than their flags promise; later fields are missing.",
    "If they always are, the machine cuts them: see the proposal.",
)  # fmt: skip
EXTRA_BYTES: Final = _warning(
    "extra_bytes", "Records are longer than their flags say; a field may be sent undeclared, and "
    "then all after it are shifted. Such records are not used.",
    "Find the field by comparing with the machine's display.",
)  # fmt: skip
CONSTANT: Final = _warning(
    "constant_field", "The field is sent, but never moves while others do: likely not measured.",
    "Ignore the field, see the proposal; a sensor of your own can stand in.",
)  # fmt: skip
HEART_ZERO: Final = _note(
    "heart_rate_zero", "The heart rate is 0 all the time: no strap is heard. It is not a value.",
)  # fmt: skip
DUPLICATE: Final = _warning(
    "duplicate_field", "Two fields carry the same bytes; one of them is not what it is called.",
    "Compare both with the machine's display.",
)  # fmt: skip
DERIVED: Final = _note(
    "derived_field", "Two fields are proportional: one is computed from the other, or both parts "
    "turn together. They are one measurement, not two.",
)  # fmt: skip
MILES: Final = _warning("miles", "One is in miles and the other in kilometres.", _TRY)
WRONG_SCALE: Final = _warning("wrong_scale", "A field is off by a fixed factor.", _TRY)
DISAGREE: Final = _note(
    "sources_disagree", "Two fields that should agree do not, and no usual factor explains it.",
)  # fmt: skip
OUT_OF_RANGE: Final = _warning("out_of_range", "Values are beyond what can be.", _TRY)
ENERGY: Final = _note(
    "energy_unlikely", "The energy does not fit the work; the machine computes it oddly.",
)  # fmt: skip
COUNTER_RESET: Final = _note("counter_reset", "A counter began anew. The bridge allows for it.")
COUNTER_FELL: Final = _note("counter_fell", "A counter went back a little.")
COUNTER_JUMPED: Final = _warning(
    "counter_jumped", "A counter grew faster than can be; the bridge does not credit that.",
    "Look at the radio (loss, garbage) first, then at the machine.",
)  # fmt: skip
GAPS: Final = _note("gaps", "Nothing arrived for a while, without a word from the link.")
ZERO_BLIPS: Final = _note("zero_blips", "The speed drops to 0 for a moment in full motion.")

ODDITIES: Final = (
    NO_RECORDS, TOO_SHORT, RECORDS_CUT, EXTRA_BYTES, CONSTANT, HEART_ZERO, DUPLICATE, DERIVED,
    MILES, WRONG_SCALE, DISAGREE, OUT_OF_RANGE, ENERGY, COUNTER_RESET, COUNTER_FELL, COUNTER_JUMPED,
    GAPS, ZERO_BLIPS,
)  # fmt: skip
"""Every row."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One change of a quirk profile; what is None or False is not said in it."""

    characteristic: int
    field: str | None = None
    resolution: float | None = None
    decimals: int | None = None
    ignored: bool = False
    cut_at: int | None = None


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing that is odd.

    source, characteristic, field: where; field is "" for whole records, and the others are "" and
    None for the whole recording.
    what: the numbers in a sentence. fixes: what a quirk profile can do about it, if anything.
    """

    cause: Cause
    source: str
    characteristic: int | None
    field: str
    what: str
    fixes: Sequence[Fix] = ()

    @property
    def finding(self) -> Finding:
        """Return it as a finding."""
        number = "" if self.characteristic is None else f"{self.characteristic:04x}"
        place = f"{self.source} {number} {self.field}".strip() or "recording"
        advice = _LOOK if self.cause.remedy == _TRY and not self.fixes else ""
        return Finding(place, self.cause, self.what, advice)


def oddity(
    cause: Cause, stream: Stream, field: str, what: str, *, fixes: Sequence[Fix] = ()
) -> Oddity:
    """Return an oddity of a stream's field."""
    return Oddity(cause, stream.source, stream.characteristic, field, what, fixes)


def extent(track: Track) -> str:
    """Return how much there is of a field."""
    return f"{len(track.values)} values in {track.span_s:.0f} s"
