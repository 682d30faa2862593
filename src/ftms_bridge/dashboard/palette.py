"""The colours: few, of middle brightness so that they read on dark and on light terminals.

No colour carries a meaning alone; there is always a word beside it.
"""

from __future__ import annotations

from typing import Final

from rich.style import Style

LABEL: Final = Style(color="#84919e")
VALUE: Final = Style(bold=True)
FRAME: Final = Style(color="#52606d")
TRACE: Final = Style(color="#6d9bc3")

GOOD: Final = Style(color="#5fb38a")
DOUBTFUL: Final = Style(color="#d3a04d")
BAD: Final = Style(color="#d9776c")

DIRECTION: Final = {
    "forward": Style(color="#58b5b0"),
    "backward": Style(color="#b48ad6"),
    "stopped": Style(color="#8497ad"),
    "unknown": Style(color="#c4a877"),
}

STANDING: Final = {
    "online": GOOD,
    "stale": DOUBTFUL,
    "silent": DOUBTFUL,
    "unheard": DOUBTFUL,
    "offline": BAD,
    "no broker": BAD,
}

SESSION: Final = {"active": GOOD, "paused": DOUBTFUL}
