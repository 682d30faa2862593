"""Cross Trainer Data, 0x2ACE: the row table, with the only direction bit in FTMS.

Sources: FTMS 1.0 section 4.5 and Assigned Numbers. The flag word has three bytes; readers that take
two of them shift every field by one byte.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Constant, Field, Layout
from ftms_bridge.gatt.indoor_bike_data import (
    MORE_DATA_BIT,
    ONE_BYTE_RESISTANCE,
    body_and_time_rows,
    energy_rows,
)

MOVEMENT_DIRECTION: Final = Constant("backward", 15, {0: False, 1: True})
"""0 can also mean that the maker never implemented it: no feature bit announces this bit."""

CROSS_TRAINER_DATA: Final = Layout(
    characteristic=0x2ACE,
    title="Cross Trainer Data",
    flag_bytes=3,
    more_data_bit=MORE_DATA_BIT,
    constants=(MOVEMENT_DIRECTION,),
    fields=(
        Field("speed_kmh", "uint16", "km/h", 0, present_when=0, resolution=0.01),
        Field("avg_speed_kmh", "uint16", "km/h", 1, resolution=0.01),
        Field("distance_m", "uint24", "m", 2),
        Field("steps_per_min", "uint16", "1/min", 3, unavailable=0xFFFF),
        Field("avg_step_rate", "uint16", "1/min", 3, unavailable=0xFFFF),
        Field("stride_count", "uint16", "", 4, resolution=0.1),
        Field("elev_gain_pos_m", "uint16", "m", 5, unavailable=0xFFFF),
        Field("elev_gain_neg_m", "uint16", "m", 5, unavailable=0xFFFF),
        Field("incline_pct", "sint16", "%", 6, resolution=0.1, unavailable=0x7FFF),
        Field("ramp_deg", "sint16", "deg", 6, resolution=0.1, unavailable=0x7FFF),
        Field("resistance", "sint16", "", 7, resolution=0.1, narrow=ONE_BYTE_RESISTANCE),
        Field("power_w", "sint16", "W", 8),
        Field("avg_power_w", "sint16", "W", 9),
        *energy_rows(10),
        *body_and_time_rows(11),
    ),
)
