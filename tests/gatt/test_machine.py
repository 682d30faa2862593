"""Features, ranges, training status, advertisement, identity."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import Status, decode
from ftms_bridge.gatt.fields import Value
from tests.gatt.samples import hexed


def test_features_of_an_elite_trainer_are_words() -> None:
    # Elite Direto XR, Berg0162/simcline
    assert decode(0x2ACC, hexed("86500000 0CE00000")).fields == {
        "machine": [
            "cadence",
            "total_distance",
            "resistance_level",
            "elapsed_time",
            "power_measurement",
        ],
        "target": [
            "resistance",
            "power",
            "indoor_bike_simulation",
            "wheel_circumference",
            "spin_down",
        ],
    }


def test_half_of_the_features_is_short() -> None:
    decoded = decode(0x2ACC, hexed("86500000"))
    assert decoded.status is Status.SHORT
    assert decoded.missing == ("target",)


@pytest.mark.parametrize("text", ["01 2000", "01 0020", "01 20"])
def test_the_machine_type_is_read_in_order_swapped_and_in_one_byte(text: str) -> None:
    decoded = decode(0x1826, hexed(text))
    assert decoded.status is Status.OK
    assert decoded.fields == {"available": True, "types": ["indoor_bike"]}


def test_a_machine_can_advertise_that_it_is_not_available() -> None:
    assert decode(0x1826, hexed("00 0100")).fields == {"available": False, "types": ["treadmill"]}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("00 0D", {"training_status": "manual_mode"}),
        ("00 10", {"training_status": 16}),  # UREVO E1L sends this reserved code
        ("01 01 48 C3 A9", {"training_status": "idle", "text": "Hé"}),
        ("01 01 48 FF", {"training_status": "idle", "text": "H\ufffd"}),
        ("01 01", {"training_status": "idle", "text": ""}),
        ("03 01 48", {"text_continues": True, "training_status": "idle", "text": "H"}),
    ],
)
def test_a_training_status_has_a_code_and_perhaps_a_text(
    text: str, fields: dict[str, Value]
) -> None:
    decoded = decode(0x2AD3, hexed(text))
    assert decoded.status is Status.OK
    assert decoded.fields == fields


@pytest.mark.parametrize(
    ("characteristic", "text", "fields"),
    [
        (0x2AD4, "6000 8302 2000", {"min": 0.96, "max": 6.43, "step": 0.32}),
        (0x2AD5, "E2FF 9600 0500", {"min": -3.0, "max": 15.0, "step": 0.5}),
        (0x2AD7, "3C C8 01", {"min": 60, "max": 200, "step": 1}),
        (0x2AD8, "0000 A00F 0100", {"min": 0, "max": 4000, "step": 1}),
        (0x2A19, "64", {"battery_pct": 100}),
        (0x2A29, "4A6574426C61636B00", {"manufacturer": "JetBlack"}),
        (0x2A24, "", {"model": ""}),
        (
            0x2A23,
            "0102030405 0A0B0C",
            {"manufacturer_id": 0x0504030201, "organization_id": 0x0C0B0A},
        ),
        (
            0x2A50,
            "01 5E00 0300 0201",
            {
                "vendor_id_source": "bluetooth_sig",
                "vendor_id": 94,
                "product_id": 3,
                "product_version": 258,
            },
        ),
    ],
)
def test_what_is_read_once_is_read_right(
    characteristic: int, text: str, fields: dict[str, Value]
) -> None:
    decoded = decode(characteristic, hexed(text))
    assert decoded.status is Status.OK
    assert decoded.fields == fields
