"""What channels share of a record."""

from __future__ import annotations

from ftms_bridge.motion.reading import MotionReading


def test_nothing_is_known_before_the_first_record() -> None:
    reading = MotionReading()
    assert (reading.speed_kmh, reading.cadence_rpm, reading.power_w) == (None, None, None)
    assert (reading.at, reading.dt_s) == (0.0, 0.0)
