"""Learns from labelled readings what one machine with its sensors can tell about the direction.

It is pure: time is an argument, and it controls nothing. Who feeds it says what the rider does;
the wizard asks for it, a recording has labels, a simulation knows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from typing import Final

from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.calibration_channels import CAP, ChannelLedger, Finding
from ftms_bridge.motion.calibration_drive import DriveFinding, study_drive
from ftms_bridge.motion.calibration_gait import GaitFinding, study_gait
from ftms_bridge.motion.calibration_stops import belt_smoothing
from ftms_bridge.motion.calibration_trace import Part, Reading, Sense, Trace
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain, SpeedSource

__all__ = ["Calibration", "CalibrationResult", "Identity", "Part", "Reading", "Sense"]

ENGAGEMENT: Final = "engagement_line"
EXTERNAL: Final = "direction_sensor"
SIGNED_SPEED: Final = "signed_speed"
BELT_MOVES_KMH: Final = 0.8
"""A belt that stops from less says nothing about smoothing; house choice."""

NEEDED_S: Final = 8.0
"""Forward and backward must each be seen for so long; house choice."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the machine says of itself; None where it says nothing."""

    manufacturer: str | None = None
    model: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True)
class CalibrationResult:
    """What was learnt.

    findings: a verdict per channel. texts: what was found about the machine, in words.
    problems: what was in the way; the profile holds what could be learnt all the same.
    """

    profile: DirectionProfile
    findings: tuple[Finding, ...] = ()
    texts: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Calibration:
    """Collects samples of one machine; see the module."""

    def __init__(self, spec: MachineSpec) -> None:
        self._spec = spec
        self._on_foot = spec.kind is MachineKind.TREADMILL
        self._trace = Trace()
        self._ledger = ChannelLedger()

    @property
    def part(self) -> Part:
        """Return what is done now."""
        return self._trace.part

    def seconds(self, part: Part) -> float:
        """Return for how long a part was seen, without the first seconds after its label."""
        return self._trace.seconds(part)

    def label(self, part: Part, at: float) -> None:
        """Take note of what the rider does from now on."""
        self._trace.label(part, at)

    def receive(self, reading: Reading) -> None:
        """Take what the machine's own record shows."""
        self._trace.receive(reading)

    def sense(self, sense: Sense, at: float) -> None:
        """Take what one channel says; it counts while the rider and the readings keep even.

        What the machine says counts only while it shows movement: at rest it says nothing new. A
        sensor of its own may see what the machine does not.
        """
        is_own = sense.source == self._spec.id and sense.channel != EXTERNAL
        if is_own and not self._trace.moves:
            return
        if self._trace.usable(at, on_foot=self._on_foot):
            self._ledger.take(sense, self._trace.part, at)

    def result(self, identity: Identity) -> CalibrationResult:
        """Return what all samples so far have taught."""
        forward_s, backward_s = self.seconds(Part.FORWARD), self.seconds(Part.BACKWARD)
        findings = self._ledger.findings(forward_s, backward_s)
        problems = _too_short(forward_s, backward_s)
        if self._on_foot:
            result = self._learn_belt(findings, problems)
        else:
            result = self._learn_drive(findings, problems)
        blind = tuple((one.channel, one.source) for one in result.findings if one.blind)
        profile = replace(
            result.profile,
            manufacturer=identity.manufacturer,
            model=identity.model,
            firmware=identity.firmware,
            blind=blind,
        )
        return replace(result, profile=profile)

    def _learn_drive(self, findings: list[Finding], problems: list[str]) -> CalibrationResult:
        """Put together what is known of a bike or cross trainer."""
        drive = study_drive(self._spec.kind, self._trace.samples)
        findings = [*findings, *_engagement(self._spec.id, drive)]
        problems += drive.problems
        profile = DirectionProfile(
            drivetrain=drive.drivetrain,
            speed_source=drive.speed_source,
            ratio_min=drive.ratio_min,
            ratio_max=drive.ratio_max,
            smoothing_s=drive.smoothing_s,
            coasting_power=drive.coasting_power,
            channels=_proofs(findings),
            warnings=tuple(problems),
        )
        return CalibrationResult(profile, tuple(findings), drive.texts, tuple(problems))

    def _learn_belt(self, findings: list[Finding], problems: list[str]) -> CalibrationResult:
        """Put together what is known of a treadmill and of how its user steps."""
        gait = study_gait(self._trace.samples)
        findings = [*findings, *_gait_findings(gait)]
        proofs = _proofs(findings)
        is_reversible = any(one.channel == SIGNED_SPEED for one in proofs)
        readings = (one.reading for one in self._trace.samples)
        points = [(one.at, abs(one.speed_kmh)) for one in readings if one.speed_kmh is not None]
        problems += gait.warnings
        profile = DirectionProfile(
            drivetrain=Drivetrain.REVERSIBLE_BELT if is_reversible else Drivetrain.BELT,
            smoothing_s=belt_smoothing(points, least=BELT_MOVES_KMH),
            channels=proofs,
            gait=gait.baseline,
            warnings=tuple(problems),
        )
        return CalibrationResult(profile, tuple(findings), gait.texts, tuple(problems))


def _proofs(findings: list[Finding]) -> tuple[ChannelProof, ...]:
    return tuple(one.proof for one in findings if one.proof is not None)


def _too_short(forward_s: float, backward_s: float) -> list[str]:
    """Return what was done for too short a time to learn from it."""
    return [
        f"{way} was seen for {went_s:.0f} s; at least {NEEDED_S:.0f} even seconds are needed."
        for way, went_s in (("Forward", forward_s), ("Backward", backward_s))
        if went_s < NEEDED_S
    ]


def _engagement(machine: str, drive: DriveFinding) -> list[Finding]:
    """Return the verdict on wheel against crank."""
    if drive.engagement:
        samples = drive.engagement
        proof = ChannelProof(ENGAGEMENT, machine, 1, samples, round(min(CAP, log(samples + 1)), 3))
        text = f"tells backward by a wheel that does not follow ({samples} clean seconds)"
        return [Finding(ENGAGEMENT, machine, text, proof)]
    if drive.speed_source is SpeedSource.SYNTHESISED:
        text = "speed and cadence look the same both ways: it cannot tell"
        return [Finding(ENGAGEMENT, machine, text, blind=True)]
    return []


def _gait_findings(gait: GaitFinding) -> list[Finding]:
    """Return the verdict on the steps."""
    if gait.proof is None:
        return []
    text = f"your steps differ between the two ways ({gait.proof.samples} means of five seconds)"
    return [Finding("gait_ratio", gait.proof.source, text, gait.proof)]
