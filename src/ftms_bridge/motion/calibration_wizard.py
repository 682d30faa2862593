"""Leads a person through a calibration: what to do next, for how long, and when it counts.

It looks at the readings and at the time it is given, and at nothing else. It sends no command and
has none to send: a machine is moved by the person who stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration_steps import Late, Need, Step, steps_for
from ftms_bridge.motion.calibration_trace import Part, Reading

STILL_KMH: Final = 0.3
STILL_RPM: Final = 10.0
"""Below both nothing moves (`docs/direction.md`, stopped)."""

CRANK_RPM: Final = 20.0
WHEEL_KMH: Final = 2.0
BELT_KMH: Final = 0.5
"""From these on it moves: the crank, a wheel whose crank is not shown, a belt; house choices."""

BELT_LIMIT_KMH: Final = 3.0
"""Above this the wizard asks for less and counts nothing; house choice, slow walking."""

SILENT_S: Final = 3.0
"""A reading older than this says nothing about now."""

GRACE_S: Final = 2.0
"""A reading that does not fit is forgiven for so long."""


class Outcome(Enum):
    """How far the wizard is."""

    RUNNING = "running"
    DONE = "done"
    ENDED = "ended"
    """It cannot go on; ``Wizard.problem`` says why."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to show now.

    key: name of the step. text: what to do. note: what is in the way; "" is nothing.
    count_s, left_s: seconds that have to count, and still have to. counting: whether they do.
    number, of: which step of how many.
    """

    key: str
    text: str
    note: str
    count_s: float
    left_s: float
    counting: bool
    number: int
    of: int


class Wizard:
    """A state machine of steps; call ``see`` with each reading and ``tick`` a few times a second.

    part: what the rider does now, to label readings with: `Part.OTHER` while nothing counts.

    Raises ValueError for a kind that `steps_for` has no steps for.
    """

    def __init__(self, kind: MachineKind, at: float, *, ghost: bool = False) -> None:
        self.part = Part.OTHER
        self.outcome = Outcome.RUNNING
        self.problem = ""
        self._steps = steps_for(kind, ghost=ghost)
        self._is_belt = kind is MachineKind.TREADMILL
        self._index = 0
        self._begun_at = at
        self._fits_at: float | None = None
        self._counted_s = 0.0
        self._ticked_at = at
        self._reading: Reading | None = None
        self._is_unseen = False
        if not self._steps:
            raise ValueError(f"nothing to calibrate on a {kind.value}")

    @property
    def prompt(self) -> Prompt:
        """Return what to show now; after the end still the last step."""
        step = self._step
        counting = self.part is step.part
        return Prompt(
            key=step.key,
            text=step.text,
            note="" if counting and not self._is_unseen else self._note(step),
            count_s=step.count_s,
            left_s=max(step.count_s - self._counted_s, 0.0),
            counting=counting,
            number=min(self._index + 1, len(self._steps)),
            of=len(self._steps),
        )

    def see(self, reading: Reading) -> None:
        """Take what the machine shows."""
        self._reading = reading
        self.tick(reading.at)

    def tick(self, at: float) -> None:
        """Let time pass; an instant before the last one counts as that one."""
        if self.outcome is not Outcome.RUNNING:
            return
        passed_s = max(at - self._ticked_at, 0.0)
        self._ticked_at = at = self._ticked_at + passed_s
        step = self._step
        if self._fits(step, at):
            self._fits_at = at
            self._is_unseen = False
        counts = self._is_unseen or (self._fits_at is not None and at - self._fits_at <= GRACE_S)
        if not counts:
            self.part = Part.OTHER
            self._wait(step, at)
            return
        if self.part is step.part:
            self._counted_s += passed_s
        self.part = step.part
        if self._counted_s >= step.count_s:
            self._advance(at)

    def skip(self, at: float) -> bool:
        """Go on without this step; return False where that would not be safe.

        A belt that was to stop must stop: nobody is asked to turn round on one that moves.
        """
        if self.outcome is not Outcome.RUNNING:
            return False
        if self._is_belt and self._step.need is Need.STILL:
            return False
        self._advance(at)
        return True

    @property
    def _step(self) -> Step:
        return self._steps[min(self._index, len(self._steps) - 1)]

    def _advance(self, at: float) -> None:
        self._index += 1
        self.part = Part.OTHER
        self._begun_at = at
        self._fits_at = None
        self._counted_s = 0.0
        self._is_unseen = False
        if self._index >= len(self._steps):
            self.outcome = Outcome.DONE

    def _wait(self, step: Step, at: float) -> None:
        """Do what the step says when what it needs has not been seen for too long."""
        since = self._begun_at if self._fits_at is None else self._fits_at
        if at - since < step.wait_s:
            return
        if step.late is Late.COUNT and self._fits_at is None:
            self._is_unseen = True
        elif step.late is Late.END:
            self._end(f"Nothing went on for {step.wait_s:.0f} s. {step.note}")
        else:
            self._advance(at)

    def _end(self, problem: str) -> None:
        self.part = Part.OTHER
        self.outcome = Outcome.ENDED
        self.problem = problem

    def _note(self, step: Step) -> str:
        if self._is_too_fast(step):
            return f"Too fast: slow down to {BELT_LIMIT_KMH:.0f} km/h or less."
        if self._reading is None or self._ticked_at - self._reading.at > SILENT_S:
            return "The machine says nothing. Is it awake?"
        return step.note

    def _is_too_fast(self, step: Step) -> bool:
        reading = self._reading
        return (
            self._is_belt
            and step.need is Need.MOVING
            and reading is not None
            and abs(reading.speed_kmh or 0.0) > BELT_LIMIT_KMH
        )

    def _fits(self, step: Step, at: float) -> bool:
        """Say whether what is seen now is what the step needs."""
        reading = self._reading
        if reading is None or at - reading.at > SILENT_S:
            return False
        speed, cadence = abs(reading.speed_kmh or 0.0), reading.cadence_rpm
        if step.need is Need.STILL:
            return speed < STILL_KMH and (cadence or 0.0) < STILL_RPM
        if step.need is Need.ROLLING:
            return speed > WHEEL_KMH and (cadence is None or cadence < STILL_RPM)
        if self._is_belt:
            return speed >= BELT_KMH and not self._is_too_fast(step)
        return speed >= WHEEL_KMH if cadence is None else cadence >= CRANK_RPM
