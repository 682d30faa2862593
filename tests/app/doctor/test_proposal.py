"""Proposals: valid profiles that do what the fixes say."""

from __future__ import annotations

import pytest

from ftms_bridge.app.doctor.oddities import CONSTANT, MILES, Fix, Oddity
from ftms_bridge.app.doctor.proposal import gather_fixes, known_profiles, profile_toml
from ftms_bridge.gatt.quirks import parse_quirks

MPH = Fix(0x2ACD, "speed_kmh", resolution=0.01609344, decimals=4)
NO_CADENCE = Fix(0x2AD2, "cadence_rpm", ignored=True)
CUT = Fix(0x2AD2, cut_at=20)


@pytest.mark.parametrize("origin", ["ride.ndjson", 'a "quoted" \\ name', "bell\x07 del\x7f"])
def test_a_proposal_is_read_by_the_reader_of_profiles(origin: str) -> None:
    text = profile_toml("My bike_2", [MPH, NO_CADENCE, CUT], origin=origin)
    [quirk] = parse_quirks(text).values()
    assert (quirk.name, quirk.source, quirk.match) == ("my-bike-2", origin, ())
    changes = [
        (one.characteristic, one.field, one.resolution, one.decimals, one.ignored, one.cut_at)
        for one in quirk.changes
    ]
    assert changes == [
        (0x2ACD, "speed_kmh", 0.01609344, 4, False, None),
        (0x2AD2, "cadence_rpm", None, None, True, None),
        (0x2AD2, None, None, None, False, 20),
    ]


def test_a_shipped_profile_that_does_the_same_is_known() -> None:
    assert known_profiles([MPH]) == ("treadmill-mph",)
    assert known_profiles([NO_CADENCE]) == ("jetblack-volt",)
    assert known_profiles([CUT]) == ("matrix",)
    assert known_profiles([MPH, CUT]) == ()
    assert known_profiles([]) == ()


def test_each_field_is_changed_once_and_each_machine_for_itself() -> None:
    found = [
        Oddity(MILES, "a", 0x2ACD, "speed_kmh", "", (MPH,)),
        Oddity(CONSTANT, "a", 0x2ACD, "speed_kmh", "", (Fix(0x2ACD, "speed_kmh", ignored=True),)),
        Oddity(CONSTANT, "b", 0x2AD2, "cadence_rpm", "", (NO_CADENCE,)),
    ]
    assert gather_fixes(found, "a") == (MPH,)
    assert gather_fixes(found, "b") == (NO_CADENCE,)
