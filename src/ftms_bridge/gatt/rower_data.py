"""Rower Data, 0x2AD1: the row table.

Sources: FTMS 1.0 section 4.8 and Assigned Numbers; the half-stroke resolution is from the table of
the GATT Specification Supplement and from the KayakPro and Concept2 recordings.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Field, Layout
from ftms_bridge.gatt.indoor_bike_data import (
    MORE_DATA_BIT,
    ONE_BYTE_RESISTANCE,
    body_and_time_rows,
    energy_rows,
)

ROWER_DATA: Final = Layout(
    characteristic=0x2AD1,
    title="Rower Data",
    flag_bytes=2,
    more_data_bit=MORE_DATA_BIT,
    fields=(
        Field("stroke_rate_spm", "uint8", "1/min", 0, present_when=0, resolution=0.5),
        Field("stroke_count", "uint16", "", 0, present_when=0),
        Field("avg_stroke_rate_spm", "uint8", "1/min", 1, resolution=0.5),
        Field("distance_m", "uint24", "m", 2),
        Field("pace_s_per_500m", "uint16", "s/500 m", 3),
        Field("avg_pace_s_per_500m", "uint16", "s/500 m", 4),
        Field("power_w", "sint16", "W", 5),
        Field("avg_power_w", "sint16", "W", 6),
        Field("resistance", "sint16", "", 7, narrow=ONE_BYTE_RESISTANCE),
        *energy_rows(8),
        *body_and_time_rows(9),
    ),
)
