"""Fields off by a factor: each is compared with a second witness in the same recording; pure.

A rate is compared with the growth of its counter, a machine's value with that of a sensor. Both
give a row of ratios; their median counts, and their spread says how far it can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final

from ftms_bridge.app.doctor.oddities import (
    DISAGREE,
    ENERGY,
    MILES,
    TOO_SHORT,
    WRONG_SCALE,
    Fix,
    Oddity,
    oddity,
)
from ftms_bridge.app.doctor.ratios import (
    AGREE,
    FACTORS,
    LEAST_WINDOWS,
    WINDOW_S,
    WINDOW_STEPS,
    Ratio,
    growth_over_rate,
    ratio_of,
    smallest_step,
)
from ftms_bridge.app.doctor.tracks import Columns, Stream, Track, believable
from ftms_bridge.gatt.layouts import DATA_CHARACTERISTICS
from ftms_bridge.measurement.counters import CRANK, RevolutionRate
from ftms_bridge.units import KMH_PER_MPH, KMH_PER_MPS

PLAUSIBLE_KMH: Final = {0x2ACD: (0.8, 22.0), 0x2ACE: (2.0, 20.0), 0x2AD2: (8.0, 60.0)}
"""Where the middle of a ride lies, by characteristic; house choice."""

EFFICIENCY: Final = (0.12, 0.35)
"""Work over energy: people reach 0.18 to 0.26, makers' formulas stray beyond. House choice."""

KJ_PER_KCAL: Final = 4.184
LEAST_KCAL: Final = 15.0
MATCH_S: Final = 1.5
"""Two values this near in time are compared; both come once per second."""
LEAST_MATCHES: Final = 30

FASTEST_KMH: Final = 100.0
MOST_KCAL: Final = 5.0
"""House choices: a greater speed, or more energy from one record to the next, is damage."""

RATES: Final = (
    ("steps_per_min", "stride_count", 1 / 120, (1.0, 2.0)),
    ("stroke_rate_spm", "stroke_count", 1 / 60, (1.0,)),
    ("energy_per_hour_kcal", "energy_kcal", 1 / 3600, (1.0,)),
)
"""Rate, its counter, growth per second for a rate of 1, and the ratios that agree: what a stride
is, one step or two, makers do not agree on."""


def check_scales(columns: Columns, stream: Stream) -> Iterator[Oddity]:
    """Yield what disagrees with a second witness."""
    if stream.characteristic in DATA_CHARACTERISTICS:
        yield from _check_distance(stream)
        yield from _check_elapsed(stream)
        yield from _check_rates(stream)
        yield from _check_energy(stream)
        yield from _check_sensors(columns, stream)


def _check_distance(stream: Stream) -> Iterator[Oddity]:
    speed, distance = stream.tracks.get("speed_kmh"), stream.tracks.get("distance_m")
    if speed is None or distance is None or speed.distinct == 1 or distance.distinct == 1:
        return  # told as constant
    ratios = growth_over_rate(stream, distance, believable(speed, FASTEST_KMH), 1 / KMH_PER_MPS)
    if len(ratios) < LEAST_WINDOWS:
        step_m = smallest_step(distance)
        what = (
            f"Speed against distance: {len(ratios)} of {LEAST_WINDOWS} comparisons. Each takes "
            f"{WINDOW_STEPS * step_m:g} m, for it counts in steps of {step_m:g} m, and "
            f"{WINDOW_S:g} s without a gap."
        )
        yield oddity(TOO_SHORT, stream, "speed_kmh", what)
        return
    ratio = ratio_of(ratios)
    if not ratio.agrees:
        yield _distance_oddity(stream, speed, distance, ratio)


def _distance_oddity(stream: Stream, speed: Track, distance: Track, ratio: Ratio) -> Oddity:
    what = f"The distance grows {ratio.text} times as fast as the speed says."
    if ratio.is_near(KMH_PER_MPH):
        what += " So the speed is in mph."
        return oddity(MILES, stream, speed.name, what, fixes=_speed_fixes(stream, KMH_PER_MPH))
    if ratio.is_near(1 / KMH_PER_MPH):
        what += " So the distance is in thousandths of a mile."
        fixes = (_rescaled(stream, distance, KMH_PER_MPH),)
        return oddity(MILES, stream, distance.name, what, fixes=fixes)
    factor = next((one for one in FACTORS if ratio.is_near(one)), None)
    if factor is None:
        return oddity(DISAGREE, stream, speed.name, what)
    low, high = PLAUSIBLE_KMH.get(stream.characteristic, (0.0, 0.0))
    middle = median([value for value in speed.values if value > 0])
    as_it_is, mended = low <= middle <= high, low <= middle * factor <= high
    if as_it_is == mended:
        what += f" A factor of {factor:.4g}; which of the two is off cannot be told."
        return oddity(WRONG_SCALE, stream, speed.name, what)
    if mended:
        what += f" Its middle, {middle:g} km/h, is unlikely; {middle * factor:.3g} is not."
        return oddity(WRONG_SCALE, stream, speed.name, what, fixes=_speed_fixes(stream, factor))
    what += f" The speed, in the middle {middle:g} km/h, is likely; so it is the distance."
    fixes = (_rescaled(stream, distance, 1 / factor),)
    return oddity(WRONG_SCALE, stream, distance.name, what, fixes=fixes)


def _speed_fixes(stream: Stream, factor: float) -> tuple[Fix, ...]:
    """Return the fix of the speed, and of its average if that goes by the same scale."""
    speed, average = stream.tracks["speed_kmh"], stream.tracks.get("avg_speed_kmh")
    fixes = [_rescaled(stream, speed, factor)]
    if average is not None and average.values[-1] > 0:
        moving = [value for value in speed.values if value > 0]
        mean = sum(moving) / len(moving)
        if abs(average.values[-1] / mean - 1) < abs(average.values[-1] / mean / factor - 1):
            fixes.append(_rescaled(stream, average, factor))
    return tuple(fixes)


def _rescaled(stream: Stream, track: Track, factor: float) -> Fix:
    resolution = round(track.row.resolution * factor, 10)
    decimals = 4 if factor in (KMH_PER_MPH, 1 / KMH_PER_MPH) else None
    return Fix(stream.characteristic, track.name, resolution=resolution, decimals=decimals)


def _check_elapsed(stream: Stream) -> Iterator[Oddity]:
    elapsed = stream.tracks.get("elapsed_s")
    if elapsed is None or elapsed.distinct == 1:
        return
    ratios = growth_over_rate(stream, elapsed, None, 1.0)
    if len(ratios) < LEAST_WINDOWS:
        return  # minutes would need half an hour; the counters' check sees a clock that races
    ratio = ratio_of(ratios)
    if ratio.agrees:
        return
    what = f"It counts {ratio.text} s per second."
    factor = next((one for one in FACTORS if ratio.is_near(one)), None)
    if factor is None:
        yield oddity(DISAGREE, stream, elapsed.name, what)
    else:
        fixes = (_rescaled(stream, elapsed, 1 / factor),)
        yield oddity(WRONG_SCALE, stream, elapsed.name, what, fixes=fixes)


def _check_rates(stream: Stream) -> Iterator[Oddity]:
    for rate_name, counter_name, per_s, agreeing in RATES:
        rate, counter = stream.tracks.get(rate_name), stream.tracks.get(counter_name)
        if rate is None or counter is None or 1 in (rate.distinct, counter.distinct):
            continue
        ratios = growth_over_rate(stream, counter, rate, per_s)
        if len(ratios) < LEAST_WINDOWS:
            continue
        ratio = ratio_of(ratios)
        if not any(abs(ratio.middle / factor - 1) <= AGREE for factor in agreeing):
            what = f"{counter_name} grows {ratio.text} times as fast as this says."
            known = any(ratio.is_near(factor) for factor in FACTORS)
            yield oddity(WRONG_SCALE if known else DISAGREE, stream, rate_name, what)


def _check_energy(stream: Stream) -> Iterator[Oddity]:
    energy, power = stream.tracks.get("energy_kcal"), stream.tracks.get("power_w")
    if energy is None or power is None:
        return
    kcal = work_kj = 0.0
    for earlier, later in stream.steps(energy):
        grown = energy.values[later] - energy.values[earlier]
        watts = power.at(energy.times[later], stream.gap_s)
        if not 0 <= grown <= MOST_KCAL or watts is None:
            continue
        kcal += grown
        work_kj += max(watts, 0.0) * (energy.times[later] - energy.times[earlier]) / 1000
    if max(kcal, work_kj) < LEAST_KCAL or not kcal or not work_kj:
        return
    efficiency = work_kj / (kcal * KJ_PER_KCAL)
    if not EFFICIENCY[0] <= efficiency <= EFFICIENCY[1]:
        what = (
            f"{kcal:.0f} kcal for {work_kj:.0f} kJ of work: an efficiency of {efficiency:.0%}, "
            f"while people have {EFFICIENCY[0]:.0%} to {EFFICIENCY[1]:.0%}."
        )
        if abs(efficiency - 1) <= AGREE:
            what += " It counts the work alone."
        yield oddity(ENERGY, stream, energy.name, what)


def _check_sensors(columns: Columns, stream: Stream) -> Iterator[Oddity]:
    """Yield where the machine disagrees with a sensor in the same recording."""
    for name, characteristic, sensor_name, factor in (
        ("power_w", 0x2A63, "power_w", 1.0),
        ("speed_kmh", 0x2A53, "speed_mps", KMH_PER_MPS),
    ):
        own, sensor = stream.tracks.get(name), columns.find(characteristic)
        other = sensor.tracks.get(sensor_name) if sensor else None
        if sensor and own and other:
            yield from _check_pair(stream, own, other, f"{sensor.source}'s", factor=factor)
    own = stream.tracks.get("cadence_rpm")
    for sensor in columns.measured:
        if own is not None and "crank_revs" in sensor.tracks:
            yield from _check_pair(stream, own, crank_rate(sensor), f"{sensor.source}'s count")


def crank_rate(sensor: Stream) -> Track:
    """Return the cadence that a sensor's count of crank revolutions amounts to."""
    revs, events = sensor.tracks["crank_revs"], sensor.tracks["crank_event"]
    rate = RevolutionRate(CRANK)
    track = Track("cadence_rpm", revs.row)
    for at, count, ticks in zip(revs.times, revs.values, events.values, strict=False):
        rpm = rate.receive(int(count), int(ticks), at)
        if rpm is not None:
            track.times.append(at)
            track.values.append(rpm)
    return track


def _check_pair(
    stream: Stream, own: Track, other: Track, whose: str, *, factor: float = 1.0
) -> Iterator[Oddity]:
    ratios = []
    for at, value in zip(own.times, own.values, strict=True):
        there = other.at(at, MATCH_S)
        if value > 0 and there is not None and there > 0:
            ratios.append(there * factor / value)
    if len(ratios) < LEAST_MATCHES:
        return
    ratio = ratio_of(ratios)
    if ratio.agrees:
        return
    what = f"{whose} is {ratio.text} times this."
    if own.name == "speed_kmh" and ratio.is_near(KMH_PER_MPH):
        fixes = _speed_fixes(stream, KMH_PER_MPH)
        yield oddity(MILES, stream, own.name, what, fixes=fixes)
        return
    known = next((one for one in FACTORS if ratio.is_near(one)), None)
    if known is None:
        yield oddity(DISAGREE, stream, own.name, what)
    else:
        fixes = (_rescaled(stream, own, known),)
        yield oddity(WRONG_SCALE, stream, own.name, what, fixes=fixes)
