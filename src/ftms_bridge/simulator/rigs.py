"""Virtual machines to try the detection of direction on: one rig per class of machine.

A rig is a family; a seed picks one machine with its sensors, rider and radio out of it, and what
somebody does on it: two minutes of calibration, and a ride.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from ftms_bridge.errors import UsageError
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.simulator import rig_rides, rig_walks
from ftms_bridge.simulator.rig_faults import faults_for
from ftms_bridge.simulator.rig_parts import Draw, Setup, Tables
from ftms_bridge.simulator.rig_setups import SETUPS
from ftms_bridge.simulator.scenario import Scenario

Expectation = Literal["explicit", "freewheel", "meter", "pod", "limit", "null"]

BESIDE: Final = frozenset({"side_shuffle", "step_off"})
"""What the sign of a belt cannot show: it tells which way the belt goes, not what is done on it."""

SPECIAL_SHARE: Final = 0.55
"""Share of special blocks between the alternations, which are longer. House choice."""

END_S: Final = 8.0
"""Every ride ends with a stop."""


@dataclass(frozen=True, slots=True)
class Rig:
    """One class of machine with its sensors.

    letter: class of machine by what its records can tell. meaning: one line for people. expects:
    what its records allow: an ``explicit`` sign; conclusions from the ``freewheel``, from a
    ``meter`` that contradicts the machine, or from a foot ``pod``; or nothing (``null``). ``limit``
    shows what an explicit sign cannot know.
    """

    name: str
    letter: str
    meaning: str
    expects: Expectation


@dataclass(frozen=True, slots=True)
class RigSession:
    """One drawn machine with two scripts; both scenarios share everything but script and faults.

    kind: of the machine. blocks: names of the parts of the ride, in order.
    """

    rig: Rig
    seed: int
    calibration: Scenario
    ride: Scenario
    kind: MachineKind
    blocks: tuple[str, ...]


_ALL: Final = (
    Rig("elliptical_bit", "H", "cross trainer that sets the direction bit", "explicit"),
    Rig("freewheel_light", "A", "trainer with freewheel and a small flywheel", "freewheel"),
    Rig("freewheel_heavy", "A", "trainer with freewheel and the inertia of a bike", "freewheel"),
    Rig("guessed_cadence", "B", "trainer that shows a cadence only while driven", "null"),
    Rig("wheel_on", "C", "roller under the tyre, no cadence sensor", "null"),
    Rig("spin_bike", "E", "fixed flywheel, sensors without sign", "null"),
    Rig("spin_bike_meter", "E", "fixed flywheel and pedals that assume forward", "meter"),
    Rig("air_bike", "G", "fixed fan that brakes both ways alike", "null"),
    Rig("treadmill", "I", "belt runs forward, the walker turns round", "null"),
    Rig("treadmill_pod", "I", "the same with a pod on the shoe", "pod"),
    Rig(
        "reversible_signed", "J", "reversible belt, negative speed as two's complement", "explicit"
    ),
    Rig(
        "reversible_beside", "J", "the same, with a rider who shuffles or steps beside it", "limit"
    ),
    Rig("reversible_silent", "J", "reversible belt that shows no sign", "null"),
    Rig("direction_sensor", "L", "fixed flywheel with a direction sensor", "explicit"),
    Rig("crank_vector", "E", "fixed flywheel and a meter that sends crank angles", "explicit"),
    Rig("synthesised_speed", "A/E", "speed and power made up from the cadence", "null"),
    Rig("signed_counters", "E", "fixed flywheel, counts that fall backward", "explicit"),
)

RIGS: Final[Mapping[str, Rig]] = MappingProxyType({rig.name: rig for rig in _ALL})
"""Every rig by its name."""


def rig_session(rig: str, seed: int, *, minutes: float = 15.0) -> RigSession:
    """Return the machine and the scripts that this seed draws; the same each time.

    minutes: length of the ride, at least 1. Raises UsageError for a rig that does not exist.
    """
    if rig not in RIGS:
        raise UsageError(f"There is no rig {rig!r}.", hint=f"There are: {', '.join(RIGS)}.")
    if minutes < 1:
        raise UsageError("A ride lasts a minute at least.", hint="Give minutes of 1 or more.")
    setup = SETUPS[rig](Draw(f"{rig}/{seed}"))
    calibrate = rig_walks.calibrate if setup.walking else rig_rides.calibrate
    wizard = calibrate(Draw(f"{rig}/{seed}/calibration"), setup)
    without = BESIDE if setup.walking and RIGS[rig].expects == "explicit" else frozenset()
    phases, blocks = _ride(Draw(f"{rig}/{seed}/ride"), setup, minutes * 60.0, without)
    faults = faults_for(Draw(f"{rig}/{seed}/faults"), setup, minutes * 60.0)
    return RigSession(
        RIGS[rig],
        seed,
        _scenario(setup, f"{rig} {seed}: calibration", 2 * seed, phases=wizard, faults=[]),
        _scenario(setup, f"{rig} {seed}", 2 * seed + 1, phases=phases, faults=faults),
        MachineKind(setup.kind),
        blocks,
    )


def _ride(
    draw: Draw, setup: Setup, length_s: float, without: frozenset[str]
) -> tuple[list[Tables], tuple[str, ...]]:
    """Return the phases of a ride of exactly this length, and the names of its blocks."""
    known = rig_walks.BLOCKS if setup.walking else rig_rides.blocks_for(setup)
    special = {name: block for name, block in known.items() if name not in without}
    usual = rig_walks.alternation if setup.walking else rig_rides.alternation
    names: list[str] = []
    phases: list[Tables] = []
    left_s = length_s - END_S
    while left_s > 0:
        name = draw.pick(*special) if draw.chance(SPECIAL_SHARE) else "alternation"
        names.append(name)
        for phase in special.get(name, usual)(draw, setup):
            duration_s = phase["duration_s"]
            assert isinstance(duration_s, float)
            if left_s <= 0:
                break
            phases.append(phase | {"duration_s": min(duration_s, left_s)})
            left_s -= duration_s
    end: Tables = {"direction": "stop", "duration_s": END_S, "ramp_s": 1.0}
    return [*phases, end], tuple(names)


def _scenario(
    setup: Setup, title: str, seed: int, *, phases: list[Tables], faults: list[Tables]
) -> Scenario:
    script: Tables = {"title": title, "seed": seed, "phase": phases, "fault": faults}
    return Scenario.model_validate(setup.tables | script)
