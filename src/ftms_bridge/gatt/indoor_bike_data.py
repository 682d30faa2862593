"""Indoor Bike Data, 0x2AD2: the row table, and the rows it shares with the other machines.

Sources: FTMS 1.0 sections 4.9 and 4.19, Assigned Numbers, and real recordings. The characteristic
XML of 2017 swaps bits 1 and 2; every real machine sends them as below.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Field, Layout, Narrow

MORE_DATA_BIT: Final = 0
"""Inverted: 0 means that the leading field is there and that this is the last part."""
ONE_BYTE_RESISTANCE: Final = Narrow("uint8", 10)
"""Resistance in the GATT Specification Supplement of today: one byte in steps of ten."""


def energy_rows(bit: int) -> tuple[Field, ...]:
    """Return the three energy fields, which always come together (FTMS 4.4.1.10 to 4.4.1.12)."""
    return (
        Field("energy_kcal", "uint16", "kcal", bit, unavailable=0xFFFF),
        Field("energy_per_hour_kcal", "uint16", "kcal/h", bit, unavailable=0xFFFF),
        Field("energy_per_min_kcal", "uint8", "kcal/min", bit, unavailable=0xFF),
    )


def body_and_time_rows(first_bit: int) -> tuple[Field, ...]:
    """Return heart rate, metabolic equivalent, elapsed and remaining time, on four bits in a row.

    These have no "not available" value: 255 bpm and 65535 s are values (FTMS 4.4.1.13 to 16).
    """
    return (
        Field("hr_bpm", "uint8", "bpm", first_bit),
        Field("met", "uint8", "MET", first_bit + 1, resolution=0.1),
        Field("elapsed_s", "uint16", "s", first_bit + 2),
        Field("remaining_s", "uint16", "s", first_bit + 3),
    )


INDOOR_BIKE_DATA: Final = Layout(
    characteristic=0x2AD2,
    title="Indoor Bike Data",
    flag_bytes=2,
    more_data_bit=MORE_DATA_BIT,
    fields=(
        Field("speed_kmh", "uint16", "km/h", 0, present_when=0, resolution=0.01),
        Field("avg_speed_kmh", "uint16", "km/h", 1, resolution=0.01),
        Field("cadence_rpm", "uint16", "rpm", 2, resolution=0.5),
        Field("avg_cadence_rpm", "uint16", "rpm", 3, resolution=0.5),
        Field("distance_m", "uint24", "m", 4),
        Field("resistance", "sint16", "", 5, narrow=ONE_BYTE_RESISTANCE),
        Field("power_w", "sint16", "W", 6),
        Field("avg_power_w", "sint16", "W", 7),
        *energy_rows(8),
        *body_and_time_rows(9),
    ),
)
