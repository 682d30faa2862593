"""What `bridge/health` says of links and radio."""

from __future__ import annotations

from ftms_bridge.app.health import HealthMeter, NoRadio, NoRecorder, RadioCounts
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.telemetry.blocks import LinkHealth, RadioHealth
from ftms_bridge.telemetry.messages import BridgeHealth
from ftms_bridge.telemetry.wall import WallLabel
from tests.pipeline.rides import bike_pipeline

BIKE: LinkHealth = {
    "up": False, "verdict": "not_seen", "connections": 3, "reconnections": 2,
    "notifications": 99, "late": 1, "duplicates": 4, "rssi_dbm": -70,
}  # fmt: skip
RADIO: RadioHealth = {
    "adapter": "hci0", "trouble": None, "scan_restarts": 1, "recoveries": 0, "adverts": 50,
    "hung": 0, "overflow": 2,
}  # fmt: skip


class Radio:
    """A radio with one link."""

    def links(self) -> dict[str, LinkHealth]:
        return {"bike": BIKE}

    def radio(self) -> RadioHealth | None:
        return RADIO


def health(radio: RadioCounts | None) -> BridgeHealth:
    return HealthMeter(
        bike_pipeline(), Outbox("ftms").stats, NoRecorder(),
        wall=WallLabel(None), clock=lambda: 1.0, radio=radio,
    ).read()  # fmt: skip


def test_health_tells_what_the_radio_counts() -> None:
    read = health(Radio())
    assert (read["links"], read["radio"]) == ({"bike": BIKE}, RADIO)
    assert read["machines"] == {"bike": "offline"}


def test_without_a_radio_there_are_no_links() -> None:
    for radio in (None, NoRadio()):
        read = health(radio)
        assert (read["links"], read["radio"]) == ({}, None)
