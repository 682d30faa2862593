"""One sample of every payload type of the contract."""

from __future__ import annotations

from typing import Final

from ftms_bridge.telemetry.blocks import MetricsBlock
from ftms_bridge.telemetry.directions import DirectionColumn, DirectionColumns, DirectionShare
from ftms_bridge.telemetry.messages import (
    BridgeHealth,
    BridgeInfo,
    CommandResult,
    Event,
    LinkReport,
    Live,
    SessionSummary,
    State,
)
from ftms_bridge.telemetry.requests import CommandRequest, SensorReading

METRICS: Final[MetricsBlock] = {
    "distance_m": 934.0, "integrated_distance_m": 941.25, "work_kj": 41.7,
    "power_3s_w": 150.0, "power_10s_w": 148.5, "power_30s_w": None,
    "avg_speed_kmh": 24.1, "max_speed_kmh": 31.0, "avg_power_w": 141.0, "max_power_w": 180.0,
    "avg_cadence_rpm": 80.0, "max_cadence_rpm": 92.0, "avg_hr_bpm": None, "max_hr_bpm": None,
}  # fmt: skip

SHARE: Final[DirectionShare] = {
    "time_s": 14.5, "distance_m": 100.0, "revolutions": None, "work_kj": None,
}  # fmt: skip

COLUMN: Final[DirectionColumn] = {**SHARE, "bouts": 2, "longest_bout_s": 9.5}

COLUMNS: Final[DirectionColumns] = {
    "forward": COLUMN, "backward": COLUMN, "stopped": COLUMN, "unknown": COLUMN,
    "still_s": 2.0, "switches": 1,
}  # fmt: skip

LIVE: Final[Live] = {
    "schema": 1, "machine": "bike", "seq": 7, "t_s": 12.5, "time": "2026-11-21T04:00:00.000Z",
    "availability": "online", "availability_reason": None, "fresh": True,
    "signals": {"speed_kmh": 25.0, "power_w": 150, "hr_bpm": None},
    "sources": [
        {"source": "bike", "basis": "measured", "age_s": 0.2, "signals": ["speed_kmh", "power_w"]}
    ],
    "direction": {
        "direction": "unknown", "basis": None, "confidence": None, "reason": "no_evidence",
        "since": None, "since_s": None, "onset_uncertainty_s": None,
        "measured": {"direction": "unknown", "confidence": None, "reason": "no_evidence"},
        "declared": {"direction": "forward", "expires_s": 20.5},
        "evidence": [
            {"channel": "crank_angle", "source": "pedals", "value": "rising", "llr": -2.5,
             "age_s": 0.4, "proven": False},
        ],
    },
    "motion": {
        "signed_speed_kmh": None, "signed_cadence_rpm": -80.5, "effective_incline_pct": 2.0
    },
    "session": {
        "id": "a1-1", "state": "active", "elapsed_s": 12.5, "moving_s": 12.0, "gap_s": 0.0,
        "gaps": 0, "lap": 1,
    },
    "interval": None, "metrics": METRICS, "by_direction": COLUMNS,
}  # fmt: skip

STATE: Final[State] = {
    "schema": 1, "machine": "bike", "seq": 3, "time": None, "availability": "stale",
    "availability_reason": "silent", "fresh": False,
    "direction": "unknown", "direction_reason": "no_evidence", "session_state": "paused",
    "session_id": "a1-1", "elapsed_s": 12.5, "moving_s": 12.0, "lap": 1,
    "speed_kmh": None, "cadence_rpm": None, "power_w": None, "hr_bpm": None, "incline_pct": None,
    "resistance": None, "step_rate_spm": None, "machine_energy_kcal": None, "distance_m": 934.0,
    "work_kj": 41.7, "power_3s_w": None, "power_30s_w": None, "avg_power_w": 141.0,
    "avg_speed_kmh": 24.1, "direction_basis": "declared", "direction_confidence": None,
    "direction_since": None, "signed_speed_kmh": -24.0, "signed_cadence_rpm": None,
    "effective_incline_pct": None, "forward_s": 10.0, "backward_s": 2.0, "stopped_s": 0.5,
    "unknown_s": 0.0, "direction_switches": 1,
}  # fmt: skip

EVENT: Final[Event] = {
    "schema": 1, "machine": "bike", "event_id": "a1-1", "t_s": 3.0, "time": None, "type": "lap",
    "session_id": "a1-1", "detail": {"lap": 2, "by": "command", "late": False, "gap_s": None},
}  # fmt: skip

SUMMARY: Final[SessionSummary] = {
    "schema": 1, "machine": "bike", "session_id": "a1-1", "started": None, "ended": None,
    "ended_by": "command", "elapsed_s": 60.0, "moving_s": 58.0, "gap_s": 0.0, "gaps": 0,
    "counter_resets": 1, "metrics": METRICS, "by_direction": COLUMNS,
    "laps": [{
        "lap": 1, "elapsed_s": 60.0, "moving_s": 58.0, "distance_m": 400.0, "work_kj": None,
        "avg_power_w": None, "avg_speed_kmh": 24.8,
        "by_direction": {
            "forward": SHARE, "backward": SHARE, "stopped": SHARE, "unknown": SHARE,
        },
    }],
}  # fmt: skip

REQUEST: Final[CommandRequest] = {"id": "7"}

READING: Final[SensorReading] = {"value": -62.5}

RESULT: Final[CommandResult] = {
    "schema": 1, "machine": "bike", "id": "7", "verb": "lap", "status": "done", "reason": None,
    "hint": None, "time": "2026-11-21T04:00:00.000Z",
}  # fmt: skip

INFO: Final[BridgeInfo] = {
    "schema": 1, "version": "0.1.0", "contract": 1, "python": "3.11.7", "run_id": "a1",
    "started": None, "base": "ftms",
    "machines": [{"id": "bike", "name": "Bike", "kind": "indoor_bike", "sensors": ["strap"]}],
}  # fmt: skip

HEALTH: Final[BridgeHealth] = {
    "schema": 1, "time": None, "uptime_s": 30.0, "rss_mb": 45.2, "cpu_pct": 0.4,
    "loop_lag_ms": 1.0, "mqtt_connected": True, "mqtt_connections": 2, "mqtt_reconnections": 1,
    "mqtt_published": 100, "mqtt_dropped": 0, "mqtt_failed": 0, "mqtt_queue": 0,
    "commands_rejected": 0, "notifications": 120, "notifications_damaged": 0,
    "notifications_unknown": 0, "records_partial": 0, "recording": "on", "recording_lost": 0,
    "machines": {"bike": "online"},
    "links": {
        "bike": {
            "up": True, "verdict": None, "connections": 2, "reconnections": 1,
            "notifications": 120, "late": 0, "duplicates": 0, "rssi_dbm": -60,
        },
    },
    "radio": {
        "adapter": "hci0", "trouble": None, "scan_restarts": 0, "recoveries": 0, "adverts": 90,
        "hung": 0, "overflow": 0,
    },
}  # fmt: skip

LINK_REPORT: Final[LinkReport] = {
    "schema": 1, "machine": "bike", "time": "2026-11-21T04:00:00.000Z",
    "links": [
        {"source": "bike", "up": False, "verdict": "not_seen", "reason": "not heard",
         "since": "2026-11-21T03:59:00.000Z", "quirk": None},
        {"source": "strap", "up": None, "verdict": None, "reason": None, "since": None,
         "quirk": None},
    ],
}  # fmt: skip

SAMPLES: Final[dict[str, object]] = {
    "Live": LIVE, "State": STATE, "Event": EVENT, "SessionSummary": SUMMARY,
    "CommandRequest": REQUEST, "CommandResult": RESULT, "BridgeInfo": INFO, "BridgeHealth": HEALTH,
    "LinkReport": LINK_REPORT, "SensorReading": READING,
}  # fmt: skip
