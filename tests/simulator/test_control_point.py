"""The control point answers as the specification says, and only notes what it is asked for."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator.control_point import ControlPoint

REQUEST = b"\x00"


def asked(kind: str, *requests: str) -> tuple[str, str]:
    """Return response and status of the last request, after control was given."""
    point = ControlPoint(kind)
    point.answer(REQUEST)
    for request in requests:
        answer = point.answer(bytes.fromhex(request))
    return answer.response.hex(), answer.status.hex()


@pytest.mark.parametrize(("kind", "request_", "response", "status"), [
    ("treadmill", "00", "800001", ""),
    ("treadmill", "01", "800101", "01"),
    ("treadmill", "02f401", "800201", "05f401"),
    ("treadmill", "023200", "800201", "053200"),
    ("treadmill", "023100", "800203", ""),
    ("treadmill", "02d107", "800203", ""),
    ("treadmill", "02f4", "800203", ""),
    ("treadmill", "02", "800203", ""),
    ("treadmill", "02f40100", "800203", ""),
    ("treadmill", "03e2ff", "800301", "06e2ff"),
    ("treadmill", "03e1ff", "800303", ""),
    ("treadmill", "05c800", "800502", ""),
    ("indoor_bike", "02f401", "800202", ""),
    ("indoor_bike", "04e803", "800401", "07e803"),
    ("indoor_bike", "0464", "800401", "076400"),
    ("indoor_bike", "04e903", "800403", ""),
    ("indoor_bike", "05c800", "800501", "08c800"),
    ("indoor_bike", "05ffff", "800503", ""),
    ("indoor_bike", "07", "800701", "04"),
    ("indoor_bike", "0700", "800703", ""),
    ("indoor_bike", "0801", "800801", "0201"),
    ("indoor_bike", "0802", "800801", "0202"),
    ("indoor_bike", "0803", "800803", ""),
    ("indoor_bike", "08", "800803", ""),
    ("indoor_bike", "1100002c012833", "801101", "1200002c012833"),
    ("indoor_bike", "1100002c0128", "801103", ""),
    ("indoor_bike", "1301", "801302", ""),
    ("indoor_bike", "06", "800602", ""),
    ("indoor_bike", "ff", "80ff02", ""),
    ("indoor_bike", "80", "808002", ""),
    ("cross_trainer", "05c800", "800501", "08c800"),
    ("cross_trainer", "1100002c012833", "801102", ""),
])  # fmt: skip
def test_the_table(kind: str, request_: str, response: str, status: str) -> None:
    assert asked(kind, request_) == (response, status)


@pytest.mark.parametrize("request_", ["01", "05c800", "07", "0801"])
def test_without_control_nothing_is_permitted(request_: str) -> None:
    data = bytes.fromhex(request_)
    answer = ControlPoint("indoor_bike").answer(data)
    assert answer.response == bytes([0x80, data[0], 5])
    assert answer.status == b""


def test_a_reset_gives_control_up_and_forgets_the_wishes() -> None:
    assert asked("indoor_bike", "05c800", "01", "07") == ("800705", "")
    point = ControlPoint("indoor_bike")
    for request in ("00", "05c800", "0802"):
        point.answer(bytes.fromhex(request))
    assert point.wishes == {"power_w": 200, "motion": "pause"}
    point.answer(b"\x01")
    assert point.wishes == {}


def test_control_ends_with_the_link() -> None:
    point = ControlPoint("treadmill")
    point.answer(REQUEST)
    assert point.has_control
    point.release()
    assert point.answer(b"\x07").response == bytes.fromhex("800705")
