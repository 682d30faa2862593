"""A quirk profile chosen by what a machine says of itself."""

from __future__ import annotations

from typing import Any

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from tests.pipeline.rides import BIKE, drive, payloads

NAME, FIRMWARE, MANUFACTURER = 0x2A00, 0x2A26, 0x2A29
RECORD = encode(BIKE, {"speed_kmh": 22.0, "cadence_rpm": 60.0, "power_w": 28})


def pipeline(*, auto: bool, quirk: str | None = None) -> Pipeline:
    strap = SensorSpec("strap", SensorKind.HEART_RATE)
    spec = MachineSpec(
        "bike", MachineKind.INDOOR_BIKE, sensors=(strap,), quirk=quirk, auto_quirk=auto
    )
    return Pipeline(PipelineSettings((spec,), run_id="run", live_interval_s=0.0))


def says(characteristic: int, text: str, at: float = 0.0, source: str = "bike") -> Notification:
    return Notification(at, source, characteristic, text.encode())


def told(core: Pipeline, *arrivals: Notification) -> tuple[list[str | None], list[Any]]:
    """Return the profile in every link report, and the cadence in every live document."""
    effects = [*((0.0, effect) for effect in core.begin(0.0)), *drive(core, arrivals)]
    quirks = [report["links"][0]["quirk"] for report in payloads(effects, "link")]
    return quirks, [live["signals"].get("cadence_rpm") for live in payloads(effects, "live")]


def test_a_machine_is_read_as_its_kind_sends_once_it_has_said_what_it_is() -> None:
    quirks, cadences = told(
        pipeline(auto=True),
        Notification(0.0, "bike", BIKE, RECORD),
        says(MANUFACTURER, "JetBlack Cycling", 0.5),
        says(NAME, "VOLT-0123", 0.6),
        says(FIRMWARE, "1.0", 0.7),
        Notification(1.0, "bike", BIKE, RECORD),
    )
    assert quirks == [None, "jetblack-volt"]
    assert cadences == [60.0, None]


def test_a_machine_that_is_read_as_configured_says_what_it_likes() -> None:
    spoken = says(NAME, "VOLT-0123"), Notification(1.0, "bike", BIKE, RECORD)
    assert told(pipeline(auto=False), *spoken) == ([None], [60.0])
    assert told(pipeline(auto=True, quirk="matrix"), *spoken)[0] == ["matrix"]


def test_what_a_sensor_is_called_does_not_matter() -> None:
    spoken = says(NAME, "VOLT-0123", source="strap"), Notification(1.0, "bike", BIKE, RECORD)
    assert told(pipeline(auto=True), *spoken) == ([None], [60.0])


def test_another_machine_at_the_same_link_is_read_as_it_is() -> None:
    quirks, _ = told(
        pipeline(auto=True), says(NAME, "VOLT-0123", 1.0), says(NAME, "VOLT-0123", 2.0),
        says(NAME, "Other bike", 3.0),
    )  # fmt: skip
    assert quirks == [None, "jetblack-volt", None]


def test_a_device_name_is_not_counted_as_unknown() -> None:
    core = pipeline(auto=False)
    told(core, says(NAME, "Bike"))
    assert core.counters.unknown == 0
