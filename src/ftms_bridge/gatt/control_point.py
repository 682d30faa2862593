"""Fitness Machine Control Point, 0x2AD9, and Machine Status, 0x2ADA: op codes and parameters.

Sources: FTMS 1.0 tables 4.15 to 4.24 (control point), 4.26 and 4.27 (status). No op code of either
sets or tells a direction.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Field, Narrow, Op, OpTable

STOP_OR_PAUSE: Final = {1: "stop", 2: "pause"}
RESULTS: Final = {
    1: "success",
    2: "op_code_not_supported",
    3: "invalid_parameter",
    4: "operation_failed",
    5: "control_not_permitted",
}
RESPONSE_OP: Final = 0x80

_SPEED = (Field("speed_kmh", "uint16", "km/h", resolution=0.01),)
_INCLINE = (Field("incline_pct", "sint16", "%", resolution=0.1),)
# One byte in the table of the control point, two in that of the status; machines and apps send
# either for both, so the length decides.
_RESISTANCE = (Field("resistance", "sint16", "", resolution=0.1, narrow=Narrow("uint8", 0.1)),)
_POWER = (Field("power_w", "sint16", "W"),)
_HEART_RATE = (Field("hr_bpm", "uint8", "bpm"),)
_STOP_OR_PAUSE = (Field("param", "uint8", words=STOP_OR_PAUSE),)
_ENERGY = (Field("energy_kcal", "uint16", "kcal"),)
_STEPS = (Field("step_count", "uint16"),)
_STRIDES = (Field("stride_count", "uint16"),)
_DISTANCE = (Field("distance_m", "uint24", "m"),)
_TIME = (Field("time_s", "uint16", "s"),)
_TWO_ZONES = (Field("fat_burn_s", "uint16", "s"), Field("fitness_s", "uint16", "s"))
_THREE_ZONES = (
    Field("light_s", "uint16", "s"),
    Field("moderate_s", "uint16", "s"),
    Field("hard_s", "uint16", "s"),
)
_FIVE_ZONES = (
    Field("very_light_s", "uint16", "s"),
    *_THREE_ZONES,
    Field("maximum_s", "uint16", "s"),
)
_SIMULATION = (
    Field("wind_mps", "sint16", "m/s", resolution=0.001),
    Field("grade_pct", "sint16", "%", resolution=0.01),
    Field("crr", "uint8", "", resolution=0.0001),
    Field("cw_kg_per_m", "uint8", "kg/m", resolution=0.01),
)
_CIRCUMFERENCE = (Field("circumference_mm", "uint16", "mm", resolution=0.1),)
_CADENCE = (Field("cadence_rpm", "uint16", "rpm", resolution=0.5),)

REQUESTS: Final = {
    0x00: Op("request_control"),
    0x01: Op("reset"),
    0x02: Op("set_target_speed", _SPEED),
    0x03: Op("set_target_inclination", _INCLINE),
    0x04: Op("set_target_resistance", _RESISTANCE),
    0x05: Op("set_target_power", _POWER),
    0x06: Op("set_target_heart_rate", _HEART_RATE),
    0x07: Op("start_resume"),
    0x08: Op("stop_pause", _STOP_OR_PAUSE),
    0x09: Op("set_targeted_energy", _ENERGY),
    0x0A: Op("set_targeted_steps", _STEPS),
    0x0B: Op("set_targeted_strides", _STRIDES),
    0x0C: Op("set_targeted_distance", _DISTANCE),
    0x0D: Op("set_targeted_time", _TIME),
    0x0E: Op("set_targeted_time_in_two_zones", _TWO_ZONES),
    0x0F: Op("set_targeted_time_in_three_zones", _THREE_ZONES),
    0x10: Op("set_targeted_time_in_five_zones", _FIVE_ZONES),
    0x11: Op("set_sim_params", _SIMULATION),
    0x12: Op("set_wheel_circumference", _CIRCUMFERENCE),
    0x13: Op("spin_down", (Field("param", "uint8", words={1: "start", 2: "ignore"}),)),
    0x14: Op("set_targeted_cadence", _CADENCE),
}

CONTROL_POINT: Final = OpTable(
    characteristic=0x2AD9,
    title="Fitness Machine Control Point",
    ops={
        **REQUESTS,
        RESPONSE_OP: Op(
            "response",
            (
                Field("request", "uint8", words={code: op.name for code, op in REQUESTS.items()}),
                Field("result", "uint8", words=RESULTS),
            ),
        ),
    },
)

MACHINE_STATUS: Final = OpTable(
    characteristic=0x2ADA,
    title="Fitness Machine Status",
    ops={
        0x01: Op("reset"),
        0x02: Op("stopped_or_paused_by_user", _STOP_OR_PAUSE),
        0x03: Op("stopped_by_safety_key"),
        0x04: Op("started_or_resumed_by_user"),
        0x05: Op("target_speed_changed", _SPEED),
        0x06: Op("target_incline_changed", _INCLINE),
        0x07: Op("target_resistance_changed", _RESISTANCE),
        0x08: Op("target_power_changed", _POWER),
        0x09: Op("target_heart_rate_changed", _HEART_RATE),
        0x0A: Op("targeted_energy_changed", _ENERGY),
        0x0B: Op("targeted_steps_changed", _STEPS),
        0x0C: Op("targeted_strides_changed", _STRIDES),
        0x0D: Op("targeted_distance_changed", _DISTANCE),
        0x0E: Op("targeted_time_changed", _TIME),
        0x0F: Op("targeted_time_in_two_zones_changed", _TWO_ZONES),
        0x10: Op("targeted_time_in_three_zones_changed", _THREE_ZONES),
        0x11: Op("targeted_time_in_five_zones_changed", _FIVE_ZONES),
        0x12: Op("sim_params_changed", _SIMULATION),
        0x13: Op("wheel_circumference_changed", _CIRCUMFERENCE),
        0x14: Op(
            "spin_down_status",
            (
                Field(
                    "param",
                    "uint8",
                    words={1: "requested", 2: "success", 3: "error", 4: "stop_pedaling"},
                ),
            ),
        ),
        0x15: Op("targeted_cadence_changed", _CADENCE),
        0xFF: Op("control_permission_lost"),
    },
)
