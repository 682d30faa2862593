"""Step Climber Data, 0x2ACF, and Stair Climber Data, 0x2AD0: the row tables.

Sources: FTMS 1.0 sections 4.6 and 4.7, Assigned Numbers.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Field, Layout
from ftms_bridge.gatt.indoor_bike_data import MORE_DATA_BIT, body_and_time_rows, energy_rows

STEP_CLIMBER_DATA: Final = Layout(
    characteristic=0x2ACF,
    title="Step Climber Data",
    flag_bytes=2,
    more_data_bit=MORE_DATA_BIT,
    fields=(
        Field("floors", "uint16", "", 0, present_when=0),
        Field("step_count", "uint16", "", 0, present_when=0),
        Field("steps_per_min", "uint16", "1/min", 1),
        Field("avg_step_rate", "uint16", "1/min", 2),
        Field("elev_gain_pos_m", "uint16", "m", 3),
        *energy_rows(4),
        *body_and_time_rows(5),
    ),
)

STAIR_CLIMBER_DATA: Final = Layout(
    characteristic=0x2AD0,
    title="Stair Climber Data",
    flag_bytes=2,
    more_data_bit=MORE_DATA_BIT,
    fields=(
        Field("floors", "uint16", "", 0, present_when=0),
        Field("steps_per_min", "uint16", "1/min", 1),
        Field("avg_step_rate", "uint16", "1/min", 2),
        Field("elev_gain_pos_m", "uint16", "m", 3),
        Field("stride_count", "uint16", "", 4),
        *energy_rows(5),
        *body_and_time_rows(6),
    ),
)
