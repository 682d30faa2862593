"""Which values are shown, and with which unit."""

from __future__ import annotations

import pytest

from ftms_bridge.dashboard.reading import NO_SESSION, SessionReading
from ftms_bridge.dashboard.tiles import (
    Cell,
    average_cells,
    rolling_cells,
    session_cells,
    signal_cells,
)
from ftms_bridge.measurement.quantities import QUANTITIES
from ftms_bridge.telemetry.blocks import Number
from tests.dashboard.build import METRICS, hear, live, riding_view, started_view

SESSION = SessionReading("active", 754.2, 730.0, 2.0, dict(METRICS))  # type: ignore[arg-type]


def test_the_six_values_of_motion_have_label_figure_and_unit() -> None:
    view = riding_view()
    assert signal_cells(view.machines["bike"], 0.0) == [
        Cell("speed", "24.8", "km/h"), Cell("cadence", "84", "rpm"), Cell("power", "152", "W"),
        Cell("heart rate", "131", "bpm"), Cell("incline", "—", "%"), Cell("resistance", "12"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "signals", "label"),
    [
        ("indoor_bike", {}, "cadence"), ("treadmill", {}, "steps"), ("rower", {}, "strokes"),
        ("treadmill", {"cadence_rpm": 60}, "cadence"),
        ("indoor_bike", {"step_rate_spm": 110}, "steps"),
        ("cross_trainer", {"step_rate_spm": 110, "cadence_rpm": None}, "steps"),
        ("", {"stroke_rate_spm": 24.5}, "strokes"),
    ],
)  # fmt: skip
def test_the_rhythm_is_the_one_that_the_machine_has(
    kind: str, signals: dict[str, Number | None], label: str
) -> None:
    view = started_view(("bike", "", kind))
    hear(view, "live", live(signals=signals))
    assert signal_cells(view.machines["bike"], 0.0)[1].label == label


def test_every_quantity_shown_is_one_of_the_contract() -> None:
    view = started_view()
    everything: dict[str, Number | None] = dict.fromkeys(QUANTITIES, 1)
    hear(view, "live", live(signals=everything))
    assert all(cell.is_known for cell in signal_cells(view.machines["bike"], 0.0))


def test_a_session_is_summed_up() -> None:
    assert session_cells(SESSION) == [
        Cell("elapsed", "12:34"), Cell("moving", "12:10"), Cell("distance", "4.21", "km"),
        Cell("work", "98", "kJ"), Cell("lap", "2"),
    ]  # fmt: skip
    assert [cell.figure for cell in rolling_cells(SESSION)] == ["151", "150", "148"]
    assert [cell.figure for cell in average_cells(SESSION)] == ["24.1", "82", "150", "—"]


def test_the_integrated_distance_stands_in_for_a_counter_that_is_missing() -> None:
    session = SessionReading("active", 1.0, 1.0, 1.0, {"integrated_distance_m": 1234.0})
    assert session_cells(session)[2].figure == "1.23"


def test_without_a_session_nothing_is_known() -> None:
    cells = [*session_cells(NO_SESSION), *rolling_cells(NO_SESSION), *average_cells(NO_SESSION)]
    assert not any(cell.is_known for cell in cells)
