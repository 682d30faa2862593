"""Treadmill Data, 0x2ACD: the row table.

Sources: FTMS 1.0 section 4.4 and Assigned Numbers; bit 13 (step count) is a later addition that
walking pads send (UREVO, CITYSPORTS and Sperax recordings). There is no direction field; negative
inclination, force and power say nothing about the direction of the belt.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Field, Layout
from ftms_bridge.gatt.indoor_bike_data import MORE_DATA_BIT, body_and_time_rows, energy_rows

TREADMILL_DATA: Final = Layout(
    characteristic=0x2ACD,
    title="Treadmill Data",
    flag_bytes=2,
    more_data_bit=MORE_DATA_BIT,
    fields=(
        Field("speed_kmh", "uint16", "km/h", 0, present_when=0, resolution=0.01),
        Field("avg_speed_kmh", "uint16", "km/h", 1, resolution=0.01),
        Field("distance_m", "uint24", "m", 2),
        Field("incline_pct", "sint16", "%", 3, resolution=0.1, unavailable=0x7FFF),
        Field("ramp_deg", "sint16", "deg", 3, resolution=0.1, unavailable=0x7FFF),
        Field("elev_gain_pos_m", "uint16", "m", 4, resolution=0.1, unavailable=0xFFFF),
        Field("elev_gain_neg_m", "uint16", "m", 4, resolution=0.1, unavailable=0xFFFF),
        # The unit is disputed (some send seconds per 500 m), so nothing here relies on it.
        Field("pace_km_per_min", "uint8", "km/min", 5, resolution=0.1),
        Field("avg_pace_km_per_min", "uint8", "km/min", 6, resolution=0.1),
        *energy_rows(7),
        *body_and_time_rows(8),
        Field("force_n", "sint16", "N", 12, unavailable=0x7FFF),
        Field("power_w", "sint16", "W", 12, unavailable=0x7FFF),
        Field("step_count", "uint24", "", 13),
    ),
)
