"""What is proven about a machine, in the header of a recording."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json

from ftms_bridge.motion.profile import (
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    GaitBaseline,
    SpeedSource,
)
from ftms_bridge.recordings.profiles import profile_fields, read_profile, renamed_profile
from tests.recordings.samples import FULL_PROFILE, ids, texts

finite = st.floats(allow_nan=False, allow_infinity=False)
proofs = st.builds(
    ChannelProof, channel=texts, source=ids, polarity=st.sampled_from([1, -1]),
    samples=st.integers(0, 10_000), cap=finite,
)  # fmt: skip
gaits = st.builds(
    GaitBaseline, source=ids, speed_kmh=finite, forward_spm=finite,
    backward_spm=st.none() | finite, scatter=finite,
)  # fmt: skip
profiles = st.builds(
    DirectionProfile,
    manufacturer=st.none() | texts, model=st.none() | texts, firmware=st.none() | texts,
    drivetrain=st.sampled_from(Drivetrain), speed_source=st.sampled_from(SpeedSource),
    ratio_min=st.none() | finite, ratio_max=st.none() | finite, smoothing_s=finite,
    coasting_power=st.booleans(), channels=st.lists(proofs, max_size=3).map(tuple),
    gait=st.none() | gaits, warnings=st.lists(texts, max_size=3).map(tuple),
    blind=st.lists(st.tuples(texts, ids), max_size=3).map(tuple),
)  # fmt: skip


def as_read(profile: DirectionProfile) -> dict[str, object]:
    """Return the fields as they come out of a file."""
    fields: dict[str, object] = from_json(json.dumps(profile_fields(profile), allow_nan=False))
    return fields


@given(profiles)
def test_a_profile_comes_back_equal_to_the_last_bit(profile: DirectionProfile) -> None:
    assert read_profile(as_read(profile)) == profile


@pytest.mark.parametrize("field", dataclasses.fields(DirectionProfile), ids=lambda one: one.name)
def test_no_field_is_forgotten(field: dataclasses.Field[Any]) -> None:
    """A field that is added to profiles and not read here would change replays in silence."""
    value = getattr(FULL_PROFILE, field.name)
    assert value != field.default, "the sample must differ from every default"
    assert getattr(read_profile(as_read(FULL_PROFILE)), field.name) == value


def test_parts_have_the_fields_that_are_read() -> None:
    names = [field.name for field in dataclasses.fields(ChannelProof)]
    assert names == ["channel", "source", "polarity", "samples", "cap"]
    names = [field.name for field in dataclasses.fields(GaitBaseline)]
    assert names == ["source", "speed_kmh", "forward_spm", "backward_spm", "scatter"]


def test_nothing_proven_is_nothing_written() -> None:
    assert profile_fields(DirectionProfile()) == {}


def test_what_is_left_out_is_not_proven_and_keys_of_later_versions_are_passed_over() -> None:
    assert read_profile({}) == DirectionProfile()
    fields = as_read(FULL_PROFILE)
    proof = {**profile_fields(FULL_PROFILE), "mood": 7}
    proof["channels"] = [{**one, "mood": 7} for one in fields["channels"]]  # type: ignore[attr-defined]
    assert read_profile(from_json(json.dumps(proof))) == FULL_PROFILE


@pytest.mark.parametrize(
    "change",
    [
        {"manufacturer": 7},
        {"drivetrain": "elastic"},
        {"drivetrain": ["fixed"]},
        {"speed_source": None},
        {"ratio_min": "1"},
        {"ratio_max": True},
        {"smoothing_s": None},
        {"channels": {}},
        {"channels": [7]},
        {"channels": [{"channel": "signed_speed"}]},
        *(
            {"channels": [{"channel": "x", "source": "y", "cap": 1, "samples": 1, **bad}]}
            for bad in (
                {"polarity": 0}, {"polarity": True}, {"polarity": 1.0}, {"polarity": "1"},
                {"polarity": [1]}, {"polarity": 1, "samples": -1}, {"polarity": 1, "samples": 1.5},
                {"polarity": 1, "cap": None},
            )
        ),
        {"gait": []},
        {"gait": {"source": "pod"}},
        {"warnings": "none"},
        {"blind": [["x"]]},
        {"blind": ["xy"]},
        {"blind": [["x", "y", "z"]]},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_no_profile(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_profile({**as_read(FULL_PROFILE), **change})


def test_sources_are_renamed_and_nothing_else() -> None:
    renamed = renamed_profile(FULL_PROFILE, {"bike": "bike_2", "pod": "pod_2"})
    assert [proof.source for proof in renamed.channels] == ["bike_2", "meter"]
    assert renamed.gait is not None
    assert renamed.gait.source == "pod_2"
    assert renamed.blind == (("negative_power", "bike_2"),)
    back = renamed_profile(renamed, {"bike_2": "bike", "pod_2": "pod"})
    assert back == FULL_PROFILE
    assert renamed_profile(replace(FULL_PROFILE, gait=None), {}).gait is None
