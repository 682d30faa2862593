"""Readings of a direction sensor: what is one, and what becomes of everything else."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftms_bridge.control.commands import READING_AT_MOST
from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.mqtt.publisher import MqttStats
from ftms_bridge.mqtt.sensing import (
    PAYLOAD_LIMIT_BYTES,
    READINGS_AT_ONCE,
    READINGS_PER_S,
    TELL_EVERY_S,
    SensorInbox,
    read_value,
)

TOPIC = "home/gym/bike/sensor/direction"


class Rig:
    """An inbox with what came out of it."""

    def __init__(self) -> None:
        self.stats = MqttStats()
        self.readings: list[DirectionReading] = []
        self._inbox = SensorInbox("home/gym", ("bike", "belt"), self.stats, self.readings.append)

    def send(
        self, payload: bytes, at: float = 1.0, *, topic: str = TOPIC, retained: bool = False
    ) -> None:
        self._inbox.receive(topic, payload, retained=retained, at=at)

    @property
    def verdicts(self) -> tuple[int, int]:
        return len(self.readings), self.stats.rejected


VALUES = {
    b"-62.5": -62.5,
    b"1": 1.0,
    b"-1": -1.0,
    b"0": 0.0,
    b"0.0": 0.0,
    b"300": 300.0,
    b"3000": 3000.0,
    b"-300.00": -300.0,
    b"6e1": 60.0,
    b" 12 ": 12.0,
    b'{"value": -1}': -1.0,
    b'{"value":62.5}': 62.5,
}


@pytest.mark.parametrize("payload", VALUES)
def test_a_number_is_a_reading_alone_or_in_an_object(payload: bytes) -> None:
    rig = Rig()
    rig.send(payload, at=7.25)
    assert rig.readings == [DirectionReading(7.25, "bike", VALUES[payload])]
    assert isinstance(rig.readings[0].value, float)
    assert rig.stats.rejected == 0


HOSTILE = (
    b"", b" ", b"nan", b"NaN", b"Infinity", b"-inf", b"1e999", b"3000.01", b"-3001", b"9" * 60,
    b"true", b"null", b'"1"', b"ON", b"forward", b"+1", b"1,5", b"0x10", b"1 2", b"[1]", b"{}",
    b'{"value":null}', b'{"value":true}', b'{"value":"1"}', b'{"value":[1]}', b'{"value":3001}',
    b'{"value":{"value":1}}', b'{"value":1,"battery":90}', b'{"Value":1}', b'{"value":NaN}',
    b"\xff\xfe", b"\x00", b"1\x00", b"[" * 64, b'{"value":' * 7, b"0" * 64,
    b" " * PAYLOAD_LIMIT_BYTES + b"1", b'{"value":1}' + b" " * PAYLOAD_LIMIT_BYTES,
)  # fmt: skip


@pytest.mark.parametrize("payload", HOSTILE)
def test_anything_else_is_counted_and_goes_nowhere(payload: bytes) -> None:
    rig = Rig()
    rig.send(payload)
    assert rig.verdicts == (0, 1)


@given(
    st.binary(max_size=PAYLOAD_LIMIT_BYTES + 5)
    | st.text(alphabet='{}[]":,value-+.0123456789eE ', max_size=40).map(str.encode)
    | st.floats().map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.just("value") | st.text(max_size=5), st.floats() | st.integers())
    .map(lambda body: json.dumps(body).encode())
)  # fmt: skip
@example(b"-62.5")
@example(b'{"value": -1}')
def test_every_payload_gets_exactly_one_verdict_and_none_raises(payload: bytes) -> None:
    rig = Rig()
    rig.send(payload)
    assert sum(rig.verdicts) == 1
    for reading in rig.readings:
        assert abs(reading.value) <= READING_AT_MOST
        body = json.loads(payload)
        assert reading.value == (body["value"] if isinstance(body, dict) else body)


def test_why_a_payload_is_refused_is_said_in_words() -> None:
    assert read_value(b"ON") == "neither a number nor JSON"
    assert read_value(b"3001") == "no number from -3000 to 3000"
    assert read_value(b"1" * 65) == "longer than 64 bytes"
    assert read_value(b"{}") == "an object whose only key is not value"


def test_what_the_broker_had_kept_is_old_news() -> None:
    rig = Rig()
    rig.send(b"60", retained=True)
    assert rig.verdicts == (0, 1)
    rig.send(b"", retained=True)
    assert rig.verdicts == (0, 1), "clearing it is nothing at all"


@pytest.mark.parametrize(
    "topic",
    ["home/gym/rower/sensor/direction", "home/gym/BIKE/sensor/direction", "bike", "",
     "home/gym/bike/sensor/direction/x", "other/bike/sensor/direction"],
)  # fmt: skip
def test_a_machine_that_is_not_there_has_no_sensor(topic: str) -> None:
    rig = Rig()
    rig.send(b"60", topic=topic)
    assert rig.verdicts == (0, 1)


def test_a_flood_on_one_machine_is_cut_and_another_machine_is_heard() -> None:
    rig = Rig()
    for number in range(10_000):
        rig.send(b"60", at=number / 1000)
    rig.send(b"-4", at=10.0, topic="home/gym/belt/sensor/direction")
    bike = [one for one in rig.readings if one.machine == "bike"]
    assert len(bike) == pytest.approx(READINGS_AT_ONCE + 10 * READINGS_PER_S, abs=1)
    assert rig.readings[-1] == DirectionReading(10.0, "belt", -4.0)
    assert sum(rig.verdicts) == 10_001


def test_a_sensor_within_the_rate_is_never_cut() -> None:
    rig = Rig()
    for number in range(5000):
        rig.send(b"60", at=number / READINGS_PER_S)
    assert rig.verdicts == (5000, 0)


def test_refusals_are_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    with caplog.at_level(logging.INFO):
        for number in range(1000):
            rig.send(b"x", at=number * 0.1)
    assert len(caplog.records) == 1 + 100 // TELL_EVERY_S
    assert TOPIC in caplog.text
    assert rig.verdicts == (0, 1000)
