"""What to do about a command that was rejected, by its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.control.commands import NO_RADIO

HINTS: Final[Mapping[str, str]] = {
    "machine_is_silent": "Nothing is heard from the machine; it resumes by itself when it is.",
    "too_many_laps": "A session keeps 1000 laps; end it to begin anew.",
    "no_session": "A session starts by itself with the first motion; after an end that was sent "
    "in motion, stand still once first. Send the command when it has started.",
    "session_is_paused": "The session is paused already: send resume, or stand still once and "
    "move on.",
    "session_is_active": "The session is running already.",
    NO_RADIO: "The machine's link is no Bluetooth link: there is nothing to give away.",
    "internal_error": "This is a fault of the bridge; its log says more.",
}
