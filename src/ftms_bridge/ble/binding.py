"""Which device is meant: by address, by name, or as the only one of its kind; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal

from ftms_bridge.gatt.uuids import (
    CYCLING_POWER_SERVICE,
    CYCLING_SPEED_AND_CADENCE_SERVICE,
    FITNESS_MACHINE_SERVICE,
    HEART_RATE_SERVICE,
    RUNNING_SPEED_AND_CADENCE_SERVICE,
)
from ftms_bridge.measurement.sources import MachineKind, SensorKind

Kind = MachineKind | SensorKind
Pick = Literal["only", "strongest"]

SERVICE_OF_SENSOR: Final = {
    SensorKind.POWER_METER: CYCLING_POWER_SERVICE,
    SensorKind.SPEED_CADENCE: CYCLING_SPEED_AND_CADENCE_SERVICE,
    SensorKind.HEART_RATE: HEART_RATE_SERVICE,
    SensorKind.FOOT_POD: RUNNING_SPEED_AND_CADENCE_SERVICE,
}

FITNESS_SERVICES: Final = frozenset({FITNESS_MACHINE_SERVICE, *SERVICE_OF_SENSOR.values()})
"""Services by which a device is told to be of interest."""

MEASUREMENTS: Final[dict[Kind, int]] = {
    MachineKind.TREADMILL: 0x2ACD,
    MachineKind.CROSS_TRAINER: 0x2ACE,
    MachineKind.STEP_CLIMBER: 0x2ACF,
    MachineKind.STAIR_CLIMBER: 0x2AD0,
    MachineKind.ROWER: 0x2AD1,
    MachineKind.INDOOR_BIKE: 0x2AD2,
    SensorKind.HEART_RATE: 0x2A37,
    SensorKind.FOOT_POD: 0x2A53,
    SensorKind.SPEED_CADENCE: 0x2A5B,
    SensorKind.POWER_METER: 0x2A63,
}
"""The characteristic without which a device is not what it was bound as."""

_NO_RSSI: Final = -127
"""What an advertisement without a level counts as; the lowest level there is."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One device that was heard.

    name: as advertised or as the system calls it (alias), cleaned of control characters.
    services: 16-bit numbers in the advertisement; kinds: what it says it is, empty if it does not.
    """

    address: str
    name: str
    rssi_dbm: int | None
    services: frozenset[int]
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Binding:
    """What was configured: an address, a name with ``*`` for any text, or neither.

    pick: which one to take when several fit.
    """

    kind: Kind
    address: str = ""
    name: str = ""
    pick: Pick = "only"

    @property
    def text(self) -> str:
        """Return the binding as one text: another text is another wish of the user."""
        return f"{self.kind.value} {self.address.upper()} {self.name}".strip()

    def fits(self, candidate: Candidate) -> bool:
        """Return whether a device may be the one that is meant."""
        if self.address:
            return candidate.address.upper() == self.address.upper()
        if self.name:
            return fnmatchcase(candidate.name.casefold(), _pattern(self.name))
        if self.kind in candidate.kinds:
            # a trainer that measures power too must not become its own power meter unasked
            is_machine = FITNESS_MACHINE_SERVICE in candidate.services
            return isinstance(self.kind, MachineKind) or not is_machine
        # a machine that does not say its kind in the advertisement is asked when connected
        says_nothing = not any(isinstance(kind, MachineKind) for kind in candidate.kinds)
        return (
            isinstance(self.kind, MachineKind)
            and FITNESS_MACHINE_SERVICE in candidate.services
            and says_nothing
        )

    def choose(self, candidates: Iterable[Candidate], known: str | None) -> Candidate | None:
        """Return the one to take, or None when there is none or more than may be chosen from.

        known: address to which this binding led before; then no other one is ever taken.
        """
        fitting = [one for one in candidates if self.fits(one)]
        if known is not None:
            return next((one for one in fitting if one.address.upper() == known.upper()), None)
        if len(fitting) == 1 or (fitting and self.pick == "strongest"):
            return max(fitting, key=lambda one: _NO_RSSI if one.rssi_dbm is None else one.rssi_dbm)
        return None


def _pattern(name: str) -> str:
    """Return the pattern for fnmatch, in which only ``*`` means anything."""
    return "".join(f"[{letter}]" if letter in "?[" else letter for letter in name.casefold())
