"""Op codes of the control point and of the machine status."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import Status, decode, encode
from ftms_bridge.gatt.control_point import CONTROL_POINT, MACHINE_STATUS
from ftms_bridge.gatt.fields import OpTable, Value
from tests.gatt.samples import hexed


@pytest.mark.parametrize(
    ("characteristic", "text", "fields"),
    [
        (0x2AD9, "00", {"op": "request_control"}),
        (0x2AD9, "0801", {"op": "stop_pause", "param": "stop"}),
        (0x2AD9, "0800", {"op": "stop_pause", "param": 0}),
        (0x2AD9, "03 D8FF", {"op": "set_target_inclination", "incline_pct": -4.0}),
        (0x2AD9, "14 B400", {"op": "set_targeted_cadence", "cadence_rpm": 90.0}),
        (
            0x2AD9,
            "800503",
            {"op": "response", "request": "set_target_power", "result": "invalid_parameter"},
        ),
        (0x2AD9, "80FE63", {"op": "response", "request": 254, "result": 99}),
        (0x2AD9, "99AABB", {"op": 0x99}),
        (0x2ADA, "0202", {"op": "stopped_or_paused_by_user", "param": "pause"}),
        (0x2ADA, "03", {"op": "stopped_by_safety_key"}),
        (0x2ADA, "FF", {"op": "control_permission_lost"}),
        (0x2ADA, "0D 010001", {"op": "targeted_distance_changed", "distance_m": 65537}),
    ],
)
def test_an_op_code_and_its_parameters_have_names(
    characteristic: int, text: str, fields: dict[str, Value]
) -> None:
    decoded = decode(characteristic, hexed(text))
    assert decoded.status is Status.OK
    assert decoded.fields == fields


@pytest.mark.parametrize(
    ("text", "resistance"), [("07 64", 10.0), ("07 6400", 10.0), ("07 2C01", 30.0)]
)
def test_a_target_resistance_has_one_byte_or_two(text: str, resistance: float) -> None:
    assert decode(0x2ADA, hexed(text)).fields["resistance"] == resistance


def test_padding_after_an_op_code_is_no_fault_but_is_counted() -> None:
    decoded = decode(0x2ADA, hexed("040000"))  # UREVO E1L
    assert decoded.status is Status.OK
    assert decoded.extra_bytes == 2


def test_an_op_code_without_its_parameter_is_short() -> None:
    decoded = decode(0x2ADA, hexed("08"))
    assert decoded.status is Status.SHORT
    assert decoded.fields == {"op": "target_power_changed"}
    assert decoded.missing == ("power_w",)


@pytest.mark.parametrize("table", [CONTROL_POINT, MACHINE_STATUS], ids=lambda table: table.title)
def test_every_op_code_goes_there_and_back(table: OpTable) -> None:
    for code in range(256):
        data = bytes([code]) + bytes(sum(row.size for row in table.rows_for(code)))
        decoded = decode(table.characteristic, data)
        assert decoded.status is Status.OK
        assert encode(table.characteristic, decoded.fields) == data
