"""Cycling speed and cadence, cycling power, running and heart rate: the row tables.

Sources: the SIG characteristic XML of each, and the CSC 1.0, CPS 1.1, RSC 1.0 and HRS 1.0 services.
Counters and event times are raw: only their differences mean something.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Constant, Field, Layout
from ftms_bridge.units import KMH_PER_MPS

CSC_MEASUREMENT: Final = Layout(
    characteristic=0x2A5B,
    title="CSC Measurement",
    flag_bytes=1,
    fields=(
        Field("wheel_revs", "uint32", "", 0),
        Field("wheel_event", "uint16", "1/1024 s", 0),
        Field("crank_revs", "uint16", "", 1),
        Field("crank_event", "uint16", "1/1024 s", 1),
    ),
)

CSC_FEATURE: Final = Layout(
    characteristic=0x2A5C,
    title="CSC Feature",
    flag_bytes=0,
    fields=(
        Field(
            "features",
            "uint16",
            bit_words={0: "wheel_revolution", 1: "crank_revolution", 2: "multiple_locations"},
        ),
    ),
)

CYCLING_POWER_MEASUREMENT: Final = Layout(
    characteristic=0x2A63,
    title="Cycling Power Measurement",
    flag_bytes=2,
    constants=(
        Constant("pedal_balance_reference", 1, {0: "unknown", 1: "left"}, when=0),
        Constant("acc_torque_source", 3, {0: "wheel", 1: "crank"}, when=2),
        Constant("offset_compensation", 12, {1: True}, when=12),
    ),
    fields=(
        Field("power_w", "sint16", "W"),
        Field("pedal_balance_pct", "uint8", "%", 0, resolution=0.5),
        Field("acc_torque_nm", "uint16", "N m", 2, resolution=1 / 32),
        Field("wheel_revs", "uint32", "", 4),
        Field("wheel_event", "uint16", "1/2048 s", 4),  # CSC counts 1/1024 s here
        Field("crank_revs", "uint16", "", 5),
        Field("crank_event", "uint16", "1/1024 s", 5),
        Field("max_force_n", "sint16", "N", 6),
        Field("min_force_n", "sint16", "N", 6),
        Field("max_torque_nm", "sint16", "N m", 7, resolution=1 / 32),
        Field("min_torque_nm", "sint16", "N m", 7, resolution=1 / 32),
        # two angles of 12 bits in three bytes, the maximum in the low bits
        Field("max_angle_deg", "uint24", "deg", 8, part=(0, 12)),
        Field("min_angle_deg", "uint24", "deg", 8, part=(12, 12), shares=True),
        Field("top_dead_spot_deg", "uint16", "deg", 9),
        Field("bottom_dead_spot_deg", "uint16", "deg", 10),
        Field("acc_energy_kj", "uint16", "kJ", 11),
    ),
)

CYCLING_POWER_VECTOR: Final = Layout(
    characteristic=0x2A64,
    title="Cycling Power Vector",
    flag_bytes=1,
    constants=(
        # the axis along which the force is measured, not the sense of rotation
        Constant(
            "measurement_direction",
            4,
            {0: "unknown", 1: "tangential", 2: "radial", 3: "lateral"},
            bits=2,
        ),
    ),
    fields=(
        Field("crank_revs", "uint16", "", 0),
        Field("crank_event", "uint16", "1/1024 s", 0),
        Field("first_angle_deg", "uint16", "deg", 1),
        Field("forces_n", "sint16", "N", 2, repeats=True),
        Field("torques_nm", "sint16", "N m", 3, resolution=1 / 32, repeats=True),
    ),
)

CYCLING_POWER_FEATURE: Final = Layout(
    characteristic=0x2A65,
    title="Cycling Power Feature",
    flag_bytes=0,
    fields=(
        Field(
            "features",
            "uint32",
            bit_words={
                0: "pedal_power_balance",
                1: "accumulated_torque",
                2: "wheel_revolution",
                3: "crank_revolution",
                4: "extreme_magnitudes",
                5: "extreme_angles",
                6: "dead_spot_angles",
                7: "accumulated_energy",
                8: "offset_compensation_indicator",
                9: "offset_compensation",
                10: "content_masking",
                11: "multiple_locations",
                12: "crank_length_adjustment",
                13: "chain_length_adjustment",
                14: "chain_weight_adjustment",
                15: "span_length_adjustment",
                16: "torque_based",
                17: "measurement_direction",
                18: "factory_calibration_date",
                19: "enhanced_offset_compensation",
                20: "not_in_distributed_system",
                21: "in_distributed_system",
            },
        ),
    ),
)

RSC_MEASUREMENT: Final = Layout(
    characteristic=0x2A53,
    title="RSC Measurement",
    flag_bytes=1,
    constants=(Constant("running", 2, {0: False, 1: True}),),
    fields=(
        # steps of 1/256 m/s are no decimal fraction: six and four places keep them apart
        Field("speed_mps", "uint16", "m/s", resolution=1 / 256, decimals=6),
        Field(
            "speed_kmh",
            "uint16",
            "km/h",
            resolution=KMH_PER_MPS / 256,
            decimals=4,
            shares=True,
        ),
        Field("cadence_spm", "uint8", "1/min"),
        Field("stride_length_m", "uint16", "m", 0, resolution=0.01),
        Field("distance_m", "uint32", "m", 1, resolution=0.1),
    ),
)

RSC_FEATURE: Final = Layout(
    characteristic=0x2A54,
    title="RSC Feature",
    flag_bytes=0,
    fields=(
        Field(
            "features",
            "uint16",
            bit_words={
                0: "stride_length",
                1: "total_distance",
                2: "walking_or_running",
                3: "calibration",
                4: "multiple_locations",
            },
        ),
    ),
)

HEART_RATE_MEASUREMENT: Final = Layout(
    characteristic=0x2A37,
    title="Heart Rate Measurement",
    flag_bytes=1,
    # null: the strap cannot tell; False: it lies on no skin and its rate must not be used
    constants=(Constant("contact", 1, {0: None, 1: None, 2: False, 3: True}, bits=2),),
    fields=(
        Field("hr_bpm", "uint8", "bpm", 0, present_when=0),
        Field("hr_bpm", "uint16", "bpm", 0),
        Field("energy_kj", "uint16", "kJ", 3),
        Field("rr_1024", "uint16", "1/1024 s", 4, repeats=True),
    ),
)

SENSOR_LOCATION: Final = Layout(
    characteristic=0x2A5D,
    title="Sensor Location",
    flag_bytes=0,
    fields=(
        Field(
            "location",
            "uint8",
            words={
                0: "other",
                1: "top_of_shoe",
                2: "in_shoe",
                3: "hip",
                4: "front_wheel",
                5: "left_crank",
                6: "right_crank",
                7: "left_pedal",
                8: "right_pedal",
                9: "front_hub",
                10: "rear_dropout",
                11: "chainstay",
                12: "rear_wheel",
                13: "rear_hub",
                14: "chest",
                15: "spider",
                16: "chain_ring",
            },
        ),
    ),
)
