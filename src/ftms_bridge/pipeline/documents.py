"""Builds the payloads of the contract from what the trackers know; no state of its own."""

from __future__ import annotations

from collections.abc import Iterable

from ftms_bridge.measurement.signals import Lane, Number, Signal
from ftms_bridge.pipeline.links import LinkState
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.telemetry.blocks import (
    LapSummary,
    LinkRow,
    MetricsBlock,
    SessionBlock,
    SignalSource,
)
from ftms_bridge.telemetry.directions import DirectionShare
from ftms_bridge.telemetry.wall import WallLabel
from ftms_bridge.workout.by_direction import Share
from ftms_bridge.workout.metrics import SessionMetrics, Totals
from ftms_bridge.workout.ride import Lap, Ride

NO_METRICS: MetricsBlock = {
    "distance_m": None,
    "integrated_distance_m": None,
    "work_kj": None,
    "power_3s_w": None,
    "power_10s_w": None,
    "power_30s_w": None,
    "avg_speed_kmh": None,
    "max_speed_kmh": None,
    "avg_power_w": None,
    "max_power_w": None,
    "avg_cadence_rpm": None,
    "max_cadence_rpm": None,
    "avg_hr_bpm": None,
    "max_hr_bpm": None,
}
"""The metrics block before the first session."""


def tenths(value: float | None) -> float | None:
    """Return a value with one decimal, or None.

    ``round`` would do; this takes a third of its time, and a document has a dozen of them.
    """
    if value is None:
        return None
    return int(value * 10.0 + (0.5 if value >= 0.0 else -0.5)) / 10.0


def thousandths(value: float) -> float:
    """Return a value with three decimals: parts that are told so still add up to their whole."""
    return int(value * 1000.0 + (0.5 if value >= 0.0 else -0.5)) / 1000.0


def signal_values(signals: list[Signal], at: float) -> dict[str, Number | None]:
    """Return the newest value per quantity; a value that is too old is None."""
    return {signal.quantity.name: signal.value(at) for signal in signals}


def signal_sources(
    signals: list[Signal], values: dict[str, Number | None], at: float
) -> list[SignalSource]:
    """Return where the values that are not None come from, grouped by their lane."""
    lanes: dict[Lane, list[str]] = {}
    for signal in signals:
        name, lane = signal.quantity.name, signal.lane
        if lane is not None and values[name] is not None:
            names = lanes.get(lane)
            if names is None:
                lanes[lane] = [name]
            else:
                names.append(name)
    return [
        {
            "source": lane.source,
            "basis": lane.basis.value,
            "age_s": int((at - lane.at) * 100.0 + 0.5) / 100.0,
            "signals": names,
        }
        for lane, names in lanes.items()
    ]


def link_rows(links: Iterable[LinkState], wall: WallLabel) -> list[LinkRow]:
    """Return what each link said of itself last."""
    return [
        {
            "source": link.source,
            "up": link.up,
            "verdict": link.verdict,
            "reason": link.reason,
            "since": None if link.since is None else wall.at(link.since),
            "quirk": link.quirk,
        }
        for link in links
    ]


def session_block(known: MachineState, at: float) -> SessionBlock:
    """Return the session so far."""
    ride = known.ride
    state = known.session.state
    if ride is None:
        return {
            "id": None, "state": state.value, "elapsed_s": 0.0, "moving_s": 0.0,
            "gap_s": 0.0, "gaps": 0, "lap": 0,
        }  # fmt: skip
    return {
        "id": ride.session_id,
        "state": state.value,
        "elapsed_s": tenths(at - ride.started_at) or 0.0,
        "moving_s": tenths(ride.metrics.totals.moving_s) or 0.0,
        "gap_s": tenths(ride.gap_s) or 0.0,
        "gaps": ride.gaps,
        "lap": ride.lap_number,
    }


def metrics_block(ride: Ride | None, *, fresh: bool) -> MetricsBlock:
    """Return the metrics of a session so far; rolling windows only while the machine is heard."""
    if ride is None:
        return NO_METRICS
    metrics: SessionMetrics = ride.metrics
    totals, rolling = metrics.totals, metrics.rolling
    return {
        "distance_m": ride.distance_m,
        "integrated_distance_m": tenths(totals.distance_m),
        "work_kj": tenths(totals.work_kj),
        "power_3s_w": tenths(rolling.mean_w(0)) if fresh else None,
        "power_10s_w": tenths(rolling.mean_w(1)) if fresh else None,
        "power_30s_w": tenths(rolling.mean_w(2)) if fresh else None,
        "avg_speed_kmh": tenths(totals.avg_speed_kmh),
        "max_speed_kmh": metrics.max_speed_kmh,
        "avg_power_w": tenths(totals.avg_power_w),
        "max_power_w": metrics.max_power_w,
        "avg_cadence_rpm": tenths(totals.avg_cadence_rpm),
        "max_cadence_rpm": metrics.max_cadence_rpm,
        "avg_hr_bpm": tenths(totals.avg_hr_bpm),
        "max_hr_bpm": metrics.max_hr_bpm,
    }


def share_block(share: Share, totals: Totals) -> DirectionShare:
    """Return what falls to one direction; None for what was not known in any of them."""
    return {
        "time_s": thousandths(share.time_s),
        "distance_m": thousandths(share.distance_m) if totals.speed_known_s else None,
        "revolutions": thousandths(share.revolutions) if totals.cadence_known_s else None,
        "work_kj": thousandths(share.work_kj) if totals.power_known_s else None,
    }


def lap_summary(lap: Lap) -> LapSummary:
    """Return one finished lap."""
    return {
        "lap": lap.number,
        "elapsed_s": tenths(lap.elapsed_s) or 0.0,
        "moving_s": tenths(lap.totals.moving_s) or 0.0,
        "distance_m": lap.distance_m,
        "work_kj": tenths(lap.totals.work_kj),
        "avg_power_w": tenths(lap.totals.avg_power_w),
        "avg_speed_kmh": tenths(lap.totals.avg_speed_kmh),
        "by_direction": {
            "forward": share_block(lap.shares[0], lap.totals),
            "backward": share_block(lap.shares[1], lap.totals),
            "stopped": share_block(lap.shares[2], lap.totals),
            "unknown": share_block(lap.shares[3], lap.totals),
        },
    }


def lap_detail(lap: Lap) -> dict[str, Number | str | bool | None]:
    """Return one finished lap as an event tells it: flat, of the directions only the times."""
    summary = lap_summary(lap)
    shares = summary["by_direction"]
    return {
        "lap": summary["lap"],
        "elapsed_s": summary["elapsed_s"],
        "moving_s": summary["moving_s"],
        "distance_m": summary["distance_m"],
        "work_kj": summary["work_kj"],
        "avg_power_w": summary["avg_power_w"],
        "avg_speed_kmh": summary["avg_speed_kmh"],
        "forward_s": shares["forward"]["time_s"],
        "backward_s": shares["backward"]["time_s"],
        "stopped_s": shares["stopped"]["time_s"],
        "unknown_s": shares["unknown"]["time_s"],
    }
