"""The quantities a machine or sensor can report: unit, limits, and how long a value holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOTION_MAX_AGE_S: Final = 3.0
"""Age after which a value of motion is no longer shown (contract of the ``live`` topic)."""

SETTING_MAX_AGE_S: Final = 10.0
"""The same for settings and counters, which some machines send in rotation (house choice: the
time after which a silent machine counts as offline)."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One row: what the name means and how it is treated.

    prefers_sensor: by default a sensor is believed before the machine (a power meter knows power
    better than the bike, a belt knows its speed better than a foot pod).
    low, high: outside of these a value is physically impossible and not shown; the recording has
    it. Such values come from garbage, from "not available" codes outside the specification, and
    from machines that send a negative speed as a huge one.
    """

    name: str
    meaning: str
    max_age_s: float = SETTING_MAX_AGE_S
    prefers_sensor: bool = False
    low: float = float("-inf")
    high: float = float("inf")


# Limits: 120 km/h is a fast virtual descent, 250 rpm beyond a track sprinter, 3000 W beyond the
# best sprint, 25 to 250 bpm any living heart (0 is how a machine says that no strap is there),
# 60 % beyond the steepest incline trainer (house choices).
QUANTITIES: Final = {
    row.name: row
    for row in (
        Quantity("speed_kmh", "speed of wheel or belt, without sign", MOTION_MAX_AGE_S, high=120.0),
        Quantity(
            "cadence_rpm",
            "pedal revolutions, without sign",
            MOTION_MAX_AGE_S,
            prefers_sensor=True,
            high=250.0,
        ),
        Quantity(
            "power_w",
            "power; the sign is what the sender gives",
            MOTION_MAX_AGE_S,
            prefers_sensor=True,
            low=-3000.0,
            high=3000.0,
        ),
        Quantity(
            "step_rate_spm",
            "steps per minute as sent",
            MOTION_MAX_AGE_S,
            prefers_sensor=True,
            high=300.0,
        ),
        Quantity("stroke_rate_spm", "rowing strokes per minute", MOTION_MAX_AGE_S),
        Quantity(
            "hr_bpm", "heart rate", MOTION_MAX_AGE_S, prefers_sensor=True, low=25.0, high=250.0
        ),
        Quantity("pace_s_per_500m", "rowing pace", MOTION_MAX_AGE_S),
        Quantity("incline_pct", "inclination of belt or programme", low=-30.0, high=60.0),
        Quantity("ramp_deg", "ramp angle"),
        Quantity("resistance", "resistance level, unit of the maker"),
        Quantity("force_n", "force on the belt", MOTION_MAX_AGE_S),
        Quantity("met", "metabolic equivalent as the machine computes it"),
        Quantity("floors", "floors climbed, the machine's counter"),
        Quantity("step_count", "steps, the machine's counter"),
        Quantity("stride_count", "strides, the machine's counter"),
        Quantity("stroke_count", "strokes, the machine's counter"),
        Quantity("elev_gain_pos_m", "metres climbed, the machine's counter"),
        Quantity("elev_gain_neg_m", "metres descended, the machine's counter"),
        Quantity("machine_distance_m", "distance, the machine's raw counter"),
        Quantity("machine_elapsed_s", "time, the machine's raw counter"),
        Quantity("machine_remaining_s", "remaining time of the machine's programme"),
        Quantity("machine_energy_kcal", "energy, the machine's raw counter"),
        Quantity("machine_energy_per_hour_kcal", "energy rate as the machine computes it"),
        Quantity("machine_energy_per_min_kcal", "energy rate as the machine computes it"),
        Quantity("machine_avg_speed_kmh", "average as the machine computes it"),
        Quantity("machine_avg_cadence_rpm", "average as the machine computes it"),
        Quantity("machine_avg_power_w", "average as the machine computes it"),
        Quantity("machine_avg_step_rate_spm", "average as the machine computes it"),
        Quantity("machine_avg_stroke_rate_spm", "average as the machine computes it"),
        Quantity("machine_avg_pace_s_per_500m", "average as the machine computes it"),
    )
}

QUANTITY_OF_FIELD: Final = {
    **{name: name for name in QUANTITIES},
    "steps_per_min": "step_rate_spm",
    "cadence_spm": "step_rate_spm",
    "distance_m": "machine_distance_m",
    "elapsed_s": "machine_elapsed_s",
    "remaining_s": "machine_remaining_s",
    "energy_kcal": "machine_energy_kcal",
    "energy_per_hour_kcal": "machine_energy_per_hour_kcal",
    "energy_per_min_kcal": "machine_energy_per_min_kcal",
    "avg_speed_kmh": "machine_avg_speed_kmh",
    "avg_cadence_rpm": "machine_avg_cadence_rpm",
    "avg_power_w": "machine_avg_power_w",
    "avg_step_rate": "machine_avg_step_rate_spm",
    "avg_stroke_rate_spm": "machine_avg_stroke_rate_spm",
    "avg_pace_s_per_500m": "machine_avg_pace_s_per_500m",
}
"""Name of a decoded field -> name of the signal. What a machine averages is kept apart by prefix,
because averages outlive the motion and must not pass for current values."""
