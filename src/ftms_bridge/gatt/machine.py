"""What a machine says about itself: features, ranges, training status, advertisement.

Sources: FTMS 1.0 sections 3 (service data), 4.3 (features), 4.10 (training status), 4.11 to 4.15
(ranges).
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Constant, Field, Layout, Narrow

MACHINE_FEATURES: Final = {
    0: "avg_speed",
    1: "cadence",
    2: "total_distance",
    3: "inclination",
    4: "elevation_gain",
    5: "pace",
    6: "step_count",
    7: "resistance_level",
    8: "stride_count",
    9: "expended_energy",
    10: "heart_rate",
    11: "metabolic_equivalent",
    12: "elapsed_time",
    13: "remaining_time",
    14: "power_measurement",
    15: "force_on_belt",
    16: "user_data_retention",
}
TARGET_FEATURES: Final = {
    0: "speed",
    1: "inclination",
    2: "resistance",
    3: "power",
    4: "heart_rate",
    5: "energy",
    6: "steps",
    7: "strides",
    8: "distance",
    9: "training_time",
    10: "time_in_two_zones",
    11: "time_in_three_zones",
    12: "time_in_five_zones",
    13: "indoor_bike_simulation",
    14: "wheel_circumference",
    15: "spin_down",
    16: "cadence",
}
MACHINE_TYPES: Final = {
    0: "treadmill",
    1: "cross_trainer",
    2: "step_climber",
    3: "stair_climber",
    4: "rower",
    5: "indoor_bike",
}
TRAINING_STATUSES: Final = {
    0: "other",
    1: "idle",
    2: "warming_up",
    3: "low_intensity_interval",
    4: "high_intensity_interval",
    5: "recovery_interval",
    6: "isometric",
    7: "heart_rate_control",
    8: "fitness_test",
    9: "speed_below_control_region",
    10: "speed_above_control_region",
    11: "cool_down",
    12: "watt_control",
    13: "manual_mode",
    14: "pre_workout",
    15: "post_workout",
}

FITNESS_MACHINE_FEATURE: Final = Layout(
    characteristic=0x2ACC,
    title="Fitness Machine Feature",
    flag_bytes=0,
    fields=(
        Field("machine", "uint32", bit_words=MACHINE_FEATURES),
        Field("target", "uint32", bit_words=TARGET_FEATURES),
    ),
)

TRAINING_STATUS: Final = Layout(
    characteristic=0x2AD3,
    title="Training Status",
    flag_bytes=1,
    constants=(Constant("text_continues", 1, {1: True}, when=1),),
    fields=(
        Field("training_status", "uint8", words=TRAINING_STATUSES),
        Field("text", "utf8", bit=0),
    ),
)

ADVERTISEMENT: Final = Layout(
    characteristic=0x1826,
    title="Fitness Machine service data",
    flag_bytes=1,
    constants=(Constant("available", 0, {0: False, 1: True}),),
    fields=(
        # Some makers send the two bytes swapped, some only one: both bytes have the same meaning.
        Field(
            "types",
            "uint16",
            bit_words={**MACHINE_TYPES, **{bit + 8: word for bit, word in MACHINE_TYPES.items()}},
            narrow=Narrow("uint8"),
        ),
    ),
)


def _range(
    characteristic: int,
    title: str,
    *,
    widths: tuple[str, str],
    unit: str,
    resolution: float = 1,
) -> Layout:
    """Return the layout of a range: smallest, largest, and the smallest step between values."""
    limit, step = widths
    return Layout(
        characteristic=characteristic,
        title=title,
        flag_bytes=0,
        fields=(
            Field("min", limit, unit, resolution=resolution),
            Field("max", limit, unit, resolution=resolution),
            Field("step", step, unit, resolution=resolution),
        ),
    )


SPEED_RANGE: Final = _range(
    0x2AD4, "Supported Speed Range", widths=("uint16", "uint16"), unit="km/h", resolution=0.01
)
INCLINATION_RANGE: Final = _range(
    0x2AD5, "Supported Inclination Range", widths=("sint16", "uint16"), unit="%", resolution=0.1
)
HEART_RATE_RANGE: Final = _range(
    0x2AD7, "Supported Heart Rate Range", widths=("uint8", "uint8"), unit="bpm"
)
POWER_RANGE: Final = _range(0x2AD8, "Supported Power Range", widths=("sint16", "uint16"), unit="W")
RESISTANCE_RANGE: Final = Layout(
    characteristic=0x2AD6,
    title="Supported Resistance Level Range",
    flag_bytes=0,
    # six bytes in the XML of 2017, three in the Supplement of today: the length decides
    fields=(
        Field("min", "sint16", "", resolution=0.1, narrow=Narrow("uint8", 10)),
        Field("max", "sint16", "", resolution=0.1, narrow=Narrow("uint8", 10)),
        Field("step", "uint16", "", resolution=0.1, narrow=Narrow("uint8", 10)),
    ),
)
