"""The table of channels: complete, and modest where nothing is proven."""

from __future__ import annotations

import pytest

from ftms_bridge.motion.channels.table import CHANNELS
from ftms_bridge.motion.evidence import DECIDES, Channel, ChannelKind
from ftms_bridge.motion.profile import UNPROVEN
from tests.motion.bench import proof, proven

EACH = pytest.mark.parametrize("kind", CHANNELS, ids=lambda kind: kind.name)


def test_every_channel_has_a_name_of_its_own() -> None:
    assert [kind.name for kind in CHANNELS] == [
        "movement_direction_bit", "signed_speed", "wheel_counter", "crank_counter", "crank_angle",
        "extreme_angles", "negative_power", "meter_contradiction", "engagement_line", "gait_ratio",
        "falling_distance", "negative_climb", "status_text", "direction_sensor",
    ]  # fmt: skip


@EACH
def test_every_channel_says_what_it_sees_when_it_fails_and_who_says_so(kind: ChannelKind) -> None:
    assert kind.meaning
    assert kind.fails
    assert kind.reference


@EACH
def test_no_channel_is_certain_and_proof_never_weakens_it(kind: ChannelKind) -> None:
    assert 0.0 <= kind.cap <= kind.cap_proven <= 6.0
    assert kind.cap_proven >= DECIDES
    assert max(kind.backward, kind.forward, kind.forward_later) <= kind.cap
    assert 0.0 < kind.proven <= kind.cap_proven
    assert 0.0 <= kind.forward <= kind.forward_later
    assert kind.fresh_s > 0.0


@EACH
def test_forward_is_never_earned_more_easily_than_backward(kind: ChannelKind) -> None:
    assert kind.forward <= kind.backward
    assert kind.forward_later <= kind.backward


@EACH
def test_two_contradicting_statements_can_always_turn_it(kind: ChannelKind) -> None:
    channel = Channel(kind, "s", proven(proof(kind.name, "s")))
    for at in range(100):
        channel.state(1, float(at))
    for at in range(100, 104):
        channel.state(-1, float(at))
    assert channel.llr < 0.0


@pytest.mark.parametrize(
    "name",
    ["extreme_angles", "negative_power", "meter_contradiction", "engagement_line", "gait_ratio"],
)
def test_what_is_easily_misread_never_decides_alone_while_unproven(name: str) -> None:
    (kind,) = (kind for kind in CHANNELS if kind.name == name)
    assert kind.cap < DECIDES
    assert not Channel(kind, "s", UNPROVEN).can_decide


@pytest.mark.parametrize(
    "name",
    [
        "movement_direction_bit", "signed_speed", "wheel_counter", "crank_counter",
    ],
)  # fmt: skip
def test_what_reads_forward_wherever_it_is_not_built_earns_forward_later(name: str) -> None:
    (kind,) = (kind for kind in CHANNELS if kind.name == name)
    assert kind.forward == 0.0
    assert kind.backward >= DECIDES
