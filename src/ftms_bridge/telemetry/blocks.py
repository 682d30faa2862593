"""The words and blocks of which the payloads of the public contract are made."""

from __future__ import annotations

from typing import Literal, TypedDict

Number = int | float
AvailabilityWord = Literal["online", "stale", "offline"]
SessionWord = Literal["idle", "active", "paused", "ended"]
DirectionWord = Literal["forward", "backward", "stopped", "unknown"]
BasisWord = Literal["measured", "derived", "estimated"]


class SignalSource(TypedDict):
    """Where a group of signals comes from and how old they are.

    source: id of the machine or sensor that sent them.
    basis: sent as such, computed from what was sent, or resting on an assumption.
    age_s: time since their last record.
    signals: names of the signals that this source gives now.
    """

    source: str
    basis: BasisWord
    age_s: float
    signals: list[str]


class DirectionBlock(TypedDict):
    """Which way the rider moves, or why that cannot be known.

    direction: unknown unless there is evidence; stopped is a measurement too.
    basis: what the direction rests on; None while it is unknown.
    confidence: from 0 to 1; None while it is unknown.
    reason: why it is unknown, such as no_directional_channel; else None.
    since_s: for how long this has been so.
    """

    direction: DirectionWord
    basis: Literal["measured", "declared"] | None
    confidence: float | None
    reason: str | None
    since_s: float | None


class SessionBlock(TypedDict):
    """The session so far.

    id: unique, alike in a replay; None before the first motion and after the end.
    state: idle before the first motion, ended after the end.
    elapsed_s: time since its start, pauses and gaps included.
    moving_s: time in motion, without pauses and gaps.
    gap_s: time lost in gaps.
    gaps: how many gaps there were.
    lap: number of the current lap, from 1; 0 without a session.
    """

    id: str | None
    state: SessionWord
    elapsed_s: float
    moving_s: float
    gap_s: float
    gaps: int
    lap: int


class MetricsBlock(TypedDict):
    """Metrics of the session so far; None until there is something to compute them from.

    distance_m: the machine's own counter, rebased over resets.
    integrated_distance_m: speed times time.
    work_kj: power times time.
    power_3s_w: mean power of the last 3 s; None without that many full seconds.
    power_10s_w: mean power of the last 10 s; None without that many full seconds.
    power_30s_w: mean power of the last 30 s; None without that many full seconds.
    avg_speed_kmh: mean speed in motion, weighted by time.
    max_speed_kmh: highest speed.
    avg_power_w: mean power in motion, weighted by time.
    max_power_w: highest power.
    avg_cadence_rpm: mean cadence, weighted by time.
    max_cadence_rpm: highest cadence.
    avg_hr_bpm: mean heart rate, weighted by time.
    max_hr_bpm: highest heart rate.
    """

    distance_m: float | None
    integrated_distance_m: float | None
    work_kj: float | None
    power_3s_w: float | None
    power_10s_w: float | None
    power_30s_w: float | None
    avg_speed_kmh: float | None
    max_speed_kmh: float | None
    avg_power_w: float | None
    max_power_w: float | None
    avg_cadence_rpm: float | None
    max_cadence_rpm: float | None
    avg_hr_bpm: float | None
    max_hr_bpm: float | None
