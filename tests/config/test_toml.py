"""Values written as TOML."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.config.toml import toml_value
from ftms_bridge.measurement.sources import MachineKind

SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()


@given(SCALARS | st.lists(SCALARS, max_size=3))
def test_a_written_value_reads_back_as_it_was(value: object) -> None:
    assert tomllib.loads(f"x = {toml_value(value)}")["x"] == value


def test_an_enum_is_written_as_its_word() -> None:
    assert toml_value(MachineKind.INDOOR_BIKE) == '"indoor_bike"'
