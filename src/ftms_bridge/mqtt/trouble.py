"""Why there is no connection to the broker: what happened, what it means, what to do."""

from __future__ import annotations

import logging
import socket
import ssl
from dataclasses import dataclass
from typing import Final

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reason for being without a broker, in words for the person who runs the bridge."""

    what: str
    hint: str


CHECK_LOGIN: Final = "Check username and password, and what the broker allows this user."
CHECK_BROKER: Final = "Look into the broker's log and at the network between."

WRONG_VERSION: Final = Trouble(
    "the broker does not speak this version of MQTT", "Set protocol to 'auto'."
)
NO_ANSWER: Final = Trouble("the broker does not answer", CHECK_BROKER)
NOTHING_LISTENS: Final = Trouble(
    "nothing listens there", "Start the broker, or correct host and port."
)
UNKNOWN_HOST: Final = Trouble(
    "the host name is not known", "Correct the host, or check the name service."
)
LOST: Final = Trouble("the connection is lost", CHECK_BROKER)

BY_CODE: Final = {
    132: WRONG_VERSION,
    133: Trouble("the broker refuses the client id", "Choose another client_id."),
    134: Trouble("the broker refuses the user name or password", CHECK_LOGIN),
    135: Trouble(
        "the broker refuses this user: wrong or missing user name or password", CHECK_LOGIN
    ),
    136: Trouble("the broker says that it is not available", CHECK_BROKER),
    137: Trouble("the broker says that it is busy", CHECK_BROKER),
    138: Trouble("the broker has banned this client", CHECK_LOGIN),
    139: Trouble("the broker shut down", "Start it again."),
    142: Trouble(
        "another client took over with the same client id",
        "Stop the other bridge, or give each its own client_id.",
    ),
    149: Trouble(
        "the broker takes no message as large as ours", "Raise its limit to 16 KiB or more."
    ),
}  # fmt: skip
"""By reason code. Source: MQTT 5.0, 2.4; paho translates those of 3.1.1."""

BY_CAUSE: Final[tuple[tuple[type[BaseException], Trouble], ...]] = (
    (ConnectionRefusedError, NOTHING_LISTENS),
    (socket.gaierror, UNKNOWN_HOST),
    (UnicodeError, Trouble("the host name cannot be one", "Correct the host.")),
    (ssl.SSLCertVerificationError, Trouble(
        "the broker's certificate is not trusted",
        "Give its authority as ca_file, use the host name that the certificate holds, "
        "and check its date.")),
    (ssl.SSLError, Trouble(
        "no encrypted connection comes about",
        "Check that this port is the broker's TLS port and whether it wants a certificate.")),
    (TimeoutError, NO_ANSWER),
    (ConnectionError, Trouble("the broker closed the connection", CHECK_BROKER)),
    (OSError, Trouble("the host cannot be reached", "Check the network and the host.")),
)  # fmt: skip
"""By what the socket said; the first class that fits counts."""


def explain(code: int | None, cause: BaseException | None) -> Trouble:
    """Return the trouble behind a reason code of the broker or an error of the socket."""
    if code in BY_CODE:
        return BY_CODE[code]
    for kind, trouble in BY_CAUSE:
        if isinstance(cause, kind):
            return trouble
    return LOST


class Announcer:
    """Logs each change of the connection once: one line that says what, why and what to do."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._told: Trouble | None = None

    def connected(self, version: str) -> None:
        """Say that the connection is there."""
        self._told = None
        log.info("Connected to MQTT broker %s (MQTT %s).", self._address, version)

    def trouble(self, trouble: Trouble) -> None:
        """Say why there is no connection, unless that was the last thing said."""
        if trouble == self._told:
            return
        self._told = trouble
        log.warning(
            "MQTT broker %s: %s. %s Trying again; until then states and events are kept, "
            "live values are lost.",
            self._address, trouble.what, trouble.hint,
        )  # fmt: skip
