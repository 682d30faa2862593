"""Who is where on the virtual air."""

from __future__ import annotations

from typing import Final

BIKE: Final = "F0:11:22:33:44:55"
TREADMILL: Final = "F0:11:22:33:44:66"
ABSENT: Final = "F0:11:22:33:44:77"
"""Nobody is there."""
