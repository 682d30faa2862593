"""No device is meant twice."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ftms_bridge.config.bindings import Bound, doubly_bound
from ftms_bridge.config.bluetooth import SensorLink
from ftms_bridge.config.settings import Settings
from ftms_bridge.measurement.sources import MachineKind, SensorKind

BIKE, BELT, STRAP = MachineKind.INDOOR_BIKE, MachineKind.TREADMILL, SensorKind.HEART_RATE
ADDRESS = "C0:01:02:03:04:05"


def problem(*links: tuple[MachineKind | SensorKind, SensorLink]) -> str | None:
    return doubly_bound(Bound(f"m[{index}]", *one) for index, one in enumerate(links))


def at(address: str) -> SensorLink:
    return SensorLink(address=address)


def called(name: str) -> SensorLink:
    return SensorLink(name=name)


def test_things_that_differ_in_kind_address_or_name_are_fine() -> None:
    assert problem() is None
    assert problem((BIKE, SensorLink()), (BELT, SensorLink()), (STRAP, SensorLink())) is None
    assert problem((BIKE, at(ADDRESS)), (BIKE, at("C0:01:02:03:04:06"))) is None
    assert problem((BIKE, called("A*")), (BIKE, called("B*")), (BELT, called("A*"))) is None
    assert problem((BIKE, SensorLink()), (BIKE, called("A")), (BIKE, at(ADDRESS))) is None


def test_one_address_is_one_thing_whatever_it_is_called() -> None:
    named = SensorLink(address=ADDRESS.lower(), name="A")
    assert problem((BIKE, at(ADDRESS)), (STRAP, named)) == (
        f"not bind one address twice: m[0] and m[1] have {ADDRESS}"
    )


def test_one_name_is_one_thing_of_a_kind() -> None:
    assert problem((BIKE, called("Bike 1")), (BELT, SensorLink()), (BIKE, called("BIKE 1"))) == (
        "not look for one name twice: m[0] and m[2] are both indoor_bike with 'BIKE 1'"
    )


@pytest.mark.parametrize("kind", [BIKE, STRAP])
def test_two_of_a_kind_cannot_both_be_the_only_one(kind: MachineKind | SensorKind) -> None:
    assert problem((kind, SensorLink()), (kind, SensorLink())) == (
        f"tell by address or name which {kind.value} is which: m[0] and m[1] have neither"
    )


def machine(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"id": name, "kind": kind, "link": {"type": "bluetooth"}, **more}


def test_the_rules_hold_for_machines_and_sensors_of_the_whole_file() -> None:
    straps = [{"id": f"strap_{word}", "kind": "heart_rate"} for word in "ab"]
    bike = machine("bike", "indoor_bike", sensor=straps[:1])
    belt = machine("belt", "treadmill", sensor=straps[1:])
    with pytest.raises(ValidationError, match=r"machine\[0\].sensor\[0\] and machine\[1\].sensor"):
        Settings.model_validate({"machine": [bike, belt]})
    straps[1]["link"] = {"name": "H10*"}  # type: ignore[assignment]
    assert Settings.model_validate({"machine": [bike, belt]}).machine[1].sensor[0].link is not None


def test_sources_that_are_not_over_bluetooth_bind_nothing() -> None:
    link = {"type": "simulator", "scenario": "x"}
    strap = {"id": "strap", "kind": "heart_rate"}
    machines = [
        {"id": name, "kind": "rower", "link": link, "sensor": [strap | {"id": f"{name}_strap"}]}
        for name in "ab"
    ]
    assert len(Settings.model_validate({"machine": machines}).machine) == 2
