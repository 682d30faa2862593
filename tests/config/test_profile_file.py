"""Direction profiles as text: what is written is read again, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.config.profile_file import parse_profile, profile_text
from ftms_bridge.errors import ConfigError
from ftms_bridge.motion.profile import (
    UNPROVEN,
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    GaitBaseline,
    SpeedSource,
)

texts = st.text(st.characters(codec="utf-8"), max_size=60)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
numbers = st.floats(0.001, 999.0, allow_nan=False)
ratios = st.none() | st.tuples(numbers, numbers).map(sorted)
proofs = st.builds(
    ChannelProof,
    channel=names,
    source=names,
    polarity=st.sampled_from([1, -1]),
    samples=st.integers(1, 10_000),
    cap=st.floats(0, 6, allow_nan=False),
)
baselines = st.builds(
    GaitBaseline,
    source=names,
    speed_kmh=numbers,
    forward_spm=numbers,
    backward_spm=st.none() | numbers,
    scatter=st.floats(0.001, 1, allow_nan=False),
)


@st.composite
def profiles(draw: st.DrawFn) -> DirectionProfile:
    ratio = draw(ratios)
    return DirectionProfile(
        manufacturer=draw(st.none() | texts),
        model=draw(st.none() | texts),
        firmware=draw(st.none() | texts),
        drivetrain=draw(st.sampled_from(Drivetrain)),
        speed_source=draw(st.sampled_from(SpeedSource)),
        ratio_min=None if ratio is None else ratio[0],
        ratio_max=None if ratio is None else ratio[1],
        smoothing_s=draw(st.floats(0.01, 60, allow_nan=False)),
        coasting_power=draw(st.booleans()),
        channels=tuple(draw(st.lists(proofs, max_size=4))),
        gait=draw(st.none() | baselines),
        warnings=tuple(draw(st.lists(texts, max_size=3))),
        blind=tuple(draw(st.lists(st.tuples(names, names), max_size=3))),
    )


@given(profiles())
def test_what_is_written_is_read_again(profile: DirectionProfile) -> None:
    assert parse_profile(profile_text(profile), "it") == profile


def test_the_least_profile_is_unproven() -> None:
    assert parse_profile("format = 1", "it") == UNPROVEN


def test_a_person_can_read_it() -> None:
    text = profile_text(
        DirectionProfile(channels=(ChannelProof("wheel_counter", "hub", -1, 9, 2),))
    )
    assert text.startswith("# What calibration has proven")
    assert "polarity = -1  # -1: it has forward and backward swapped" in text
    assert 'drivetrain = "unknown"  # unknown, freewheel, fixed, belt, reversible_belt' in text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "format"),
        ("format = 2", "format"),
        ("format = 1\nspeed = 3", "speed"),
        ("format = 1\n[drive]\ndrivetrain = 'belts'", "drive.drivetrain"),
        ("format = 1\n[drive]\nratio_min = 0.3", "ratio_max"),
        ("format = 1\n[drive]\nratio_min = 0.3\nratio_max = 0.2", "in this order"),
        ("format = 1\n[drive]\nsmoothing_s = inf", "drive.smoothing_s"),
        ("format = 1\n[[channel]]\nchannel = 'a'\nsource = 'b'", "channel[0].polarity"),
        (
            "format = 1\n[[channel]]\nchannel = 'a'\nsource = 'b'\npolarity = 0\nsamples = 1\n"
            "cap = 1.0",
            "channel[0].polarity",
        ),
        ("format = ", "Invalid value"),
    ],
)
def test_what_is_wrong_is_named(text: str, named: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_profile(text, "bike.toml")
    assert named in raised.value.what
    assert "bike.toml" in raised.value.what
    assert "calibrate" in raised.value.hint


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    try:
        profile = parse_profile(text, "it")
    except ConfigError as error:
        assert error.hint
    else:
        assert isinstance(profile, DirectionProfile)
