"""The words and blocks of which the payloads of the public contract are made."""

from __future__ import annotations

from typing import Literal, TypedDict

from ftms_bridge.telemetry.directions import LapShares

Number = int | float
AvailabilityWord = Literal["online", "stale", "offline"]
SessionWord = Literal["idle", "active", "paused", "ended"]
BasisWord = Literal["measured", "derived", "estimated"]
VerdictWord = Literal[
    "searching", "not_seen", "ambiguous", "no_answer", "lost", "mute", "wrong_services",
    "changed_identity", "released", "adapter_missing", "bluetooth_off", "not_permitted",
    "bluetooth_service_down", "radio_fault",
]  # fmt: skip
"""The words of ``gatt.notification.Verdict``."""
ActionWord = Literal["release", "resume"]


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


class LapSummary(TypedDict):
    """One finished lap; every number is that of the lap alone.

    lap: number of the lap, from 1.
    by_direction: the same per direction.
    """

    lap: int
    elapsed_s: float
    moving_s: float
    distance_m: float | None
    work_kj: float | None
    avg_power_w: float | None
    avg_speed_kmh: float | None
    by_direction: LapShares


class MachineInfo(TypedDict):
    """One configured machine in ``bridge/info``.

    id: its part of the topics.
    name: what people call it.
    kind: such as indoor_bike or treadmill.
    sensors: ids of the sensors that feed it.
    """

    id: str
    name: str
    kind: str
    sensors: list[str]


class LinkRow(TypedDict):
    """The link to one machine or sensor.

    source: id of the machine or sensor.
    up: whether there is a link; None as long as the link has said nothing of itself.
    verdict: why there is no link, or what is odd about one, as one word; None when there is nothing
    to say, and for links that know no verdicts.
    reason: the same in words, for people; None without one.
    since: RFC 3339 UTC label of when this became so, or None as with every label.
    quirk: profile with which its records are read, or None for the specification as written.
    """

    source: str
    up: bool | None
    verdict: VerdictWord | None
    reason: str | None
    since: str | None
    quirk: str | None


class LinkHealth(TypedDict):
    """One link over the radio; counters count from the start of the daemon.

    up: whether there is a link.
    verdict: why there is none, or what is odd about it, as in `LinkReport`.
    connections: how often a link was made.
    reconnections: how often it was made again after the first time.
    notifications: notifications that were passed on.
    late: notifications of an old connection, which are dropped.
    duplicates: notifications that came twice within a moment; both are passed on.
    rssi_dbm: how strong it was heard last, or None.
    """

    up: bool
    verdict: VerdictWord | None
    connections: int
    reconnections: int
    notifications: int
    late: int
    duplicates: int
    rssi_dbm: int | None


class RadioHealth(TypedDict):
    """The radio of this computer; counters count from the start of the daemon.

    adapter: name of the adapter that is used, never its address; None while there is none.
    trouble: verdict that keeps every link down, or None.
    scan_restarts: how often the scan was started anew.
    recoveries: how often the adapter was switched off and on to bring it back.
    adverts: advertisements that were heard.
    hung: calls into the Bluetooth stack that did not return in time and were given up.
    overflow: notifications that found a full inbox and were dropped.
    """

    adapter: str | None
    trouble: VerdictWord | None
    scan_restarts: int
    recoveries: int
    adverts: int
    hung: int
    overflow: int
