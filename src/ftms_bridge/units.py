"""Unit conversions; the only place where a factor between two units is written.

Every number in this program carries its unit in its name: ``_kmh``, ``_mps``, ``_rpm``, ``_spm``
(steps or strokes per minute), ``_w``, ``_bpm``, ``_m``, ``_pct``, ``_s``. An instant is ``at``
and is in seconds of the monotonic clock that stamped the notification.
"""

from __future__ import annotations

from typing import Final

KMH_PER_MPS: Final = 3.6
"""1 m/s = 3.6 km/h."""

KMH_PER_MPH: Final = 1.609344
"""International mile, exact by definition."""

JOULES_PER_KILOJOULE: Final = 1000.0


def kmh_from_mps(speed_mps: float) -> float:
    """Return a speed in km/h."""
    return speed_mps * KMH_PER_MPS


def mps_from_kmh(speed_kmh: float) -> float:
    """Return a speed in m/s."""
    return speed_kmh / KMH_PER_MPS
