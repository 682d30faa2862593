"""How a broker is named on the command line: ``mqtt://[user[:password]@]host[:port]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from ftms_bridge.errors import UsageError
from ftms_bridge.mqtt.settings import BrokerSettings, Tls

DEFAULT_URL: Final = "mqtt://localhost:1883"

PASSWORD_VARIABLE: Final = "FTMS_BRIDGE_MQTT__PASSWORD"  # noqa: S105 - the name, not the secret
"""The same variable as for the daemon; it spares a password in the list of processes."""

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
"""Source: the service names of IANA, mqtt and secure-mqtt."""

_FORM: Final = "Write it as mqtt://host:port or mqtt://user@host:port; mqtts:// encrypts."


def broker_settings(url: str, environment: Mapping[str, str]) -> BrokerSettings:
    """Return how to reach the broker; a password that the URL leaves out is in the environment.

    Raises UsageError when the URL names no broker; the text never repeats it, as it may hold a
    password.
    """
    parts, port = _split(url)
    if parts.scheme not in _PORTS:
        raise UsageError("The broker's URL does not start with mqtt:// or mqtts://.", hint=_FORM)
    if not parts.hostname:
        raise UsageError("The broker's URL names no host.", hint=_FORM)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError(
            "The broker's URL goes on after host and port.",
            hint="Leave that out; --base sets the first part of the topics.",
        )
    username = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else environment.get(PASSWORD_VARIABLE)
    if password and username is None:
        raise UsageError(
            "There is a password for the broker, but no user name.",
            hint=f"Write mqtt://user@host, or unset {PASSWORD_VARIABLE}.",
        )
    return BrokerSettings(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        username=username,
        password=password or None,
        tls=Tls() if parts.scheme == "mqtts" else None,
    )


def shown_url(broker: BrokerSettings) -> str:
    """Return the URL of a broker as it may be shown: without user and password."""
    scheme = "mqtt" if broker.tls is None else "mqtts"
    host = f"[{broker.host}]" if ":" in broker.host else broker.host
    return f"{scheme}://{host}:{broker.port}"


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is no number, brackets that do not match
        # without its cause, whose text repeats parts of the URL
        raise UsageError("The broker's URL cannot be read.", hint=_FORM) from None
    return parts, port
