"""What calibration has proven about one machine with its sensors and firmware.

A profile is a value: it is read and written by shells, as a readable TOML file. Without one every
channel is unproven. A new firmware voids it, because firmware decides what a machine shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from ftms_bridge.measurement.sources import MachineKind


class Drivetrain(Enum):
    """How the rider is coupled to what the machine measures."""

    UNKNOWN = "unknown"
    FREEWHEEL = "freewheel"
    FIXED = "fixed"
    BELT = "belt"
    REVERSIBLE_BELT = "reversible_belt"


FLIP_NEEDS_STOP: Final = frozenset({Drivetrain.FIXED, Drivetrain.REVERSIBLE_BELT})
"""A flywheel that turns with the crank, and a belt that turns round, must pass through zero."""


class SpeedSource(Enum):
    """Where the speed that a machine shows comes from."""

    UNKNOWN = "unknown"
    FLYWHEEL = "flywheel"
    SYNTHESISED = "synthesised"


@dataclass(frozen=True, slots=True)
class ChannelProof:
    """What calibration found out about one channel.

    channel: name of the channel, as in `CHANNELS`. source: id of the machine or sensor that feeds
    it. polarity: 1 when it says what it should, -1 when forward and backward are swapped.
    samples: clean samples of the way of which there were fewer. cap: what one sample is worth at
    most, in log-odds: ln(samples + 1), or less.
    """

    channel: str
    source: str
    polarity: int
    samples: int
    cap: float


@dataclass(frozen=True, slots=True)
class GaitBaseline:
    """How one user steps on this belt, both ways, at one slow speed (median, scatter).

    forward_spm, backward_spm: steps per minute at speed_kmh; None when that way was not walked.
    scatter: relative standard deviation of a 5-s mean. source: what counted the steps.
    """

    source: str
    speed_kmh: float
    forward_spm: float
    backward_spm: float | None
    scatter: float


@dataclass(frozen=True, slots=True)
class Mismatch:
    """In what a machine differs from the one that was calibrated, so that nothing is proven.

    what: manufacturer, model or firmware. expected, found: what it said then and says now.
    """

    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class DirectionProfile:
    """All that is proven; the default is that nothing is.

    manufacturer, model, firmware: as the machine says of itself; None when it did not say.
    ratio_min, ratio_max: km/h of wheel speed per 1/min of the crank while it drives.
    smoothing_s: time constant with which the machine's values follow the motion.
    coasting_power: the machine shows power although nobody drives (made up from the brake).
    blind: channels, by name and source, that were found to say the same both ways: whatever they
    say later tells nothing.
    """

    manufacturer: str | None = None
    model: str | None = None
    firmware: str | None = None
    drivetrain: Drivetrain = Drivetrain.UNKNOWN
    speed_source: SpeedSource = SpeedSource.UNKNOWN
    ratio_min: float | None = None
    ratio_max: float | None = None
    smoothing_s: float = 1.0
    coasting_power: bool = False
    channels: tuple[ChannelProof, ...] = ()
    gait: GaitBaseline | None = None
    warnings: tuple[str, ...] = field(default=())
    blind: tuple[tuple[str, str], ...] = ()

    def proof(self, channel: str, source: str) -> ChannelProof | None:
        """Return what is proven about a channel, or None."""
        for proof in self.channels:
            if proof.channel == channel and proof.source == source:
                return proof
        return None

    def contradiction(self, said: Mapping[str, str]) -> Mismatch | None:
        """Return in what the machine says to be another one than was calibrated, or None.

        said: its words for manufacturer, model and firmware, as far as it has said any. What was
        not known then, or is not said now, contradicts nothing.
        """
        known = (
            ("manufacturer", self.manufacturer), ("model", self.model), ("firmware", self.firmware)
        )  # fmt: skip
        for what, expected in known:
            found = said.get(what)
            if expected and found and found != expected:
                return Mismatch(what, expected, found)
        return None


UNPROVEN: Final = DirectionProfile()


def assumed_drivetrain(kind: MachineKind, profile: DirectionProfile) -> Drivetrain:
    """Return the drivetrain: proven, or what the kind of machine allows to assume.

    The crank of a cross trainer turns with its flywheel. A bike may have a freewheel or not, and
    then nothing is assumed that would need one or the other.
    """
    if profile.drivetrain is not Drivetrain.UNKNOWN:
        return profile.drivetrain
    if kind is MachineKind.CROSS_TRAINER:
        return Drivetrain.FIXED
    if kind is MachineKind.TREADMILL:
        return Drivetrain.BELT
    return Drivetrain.UNKNOWN
