"""What is needed to reach a broker, and the TLS context made of it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ftms_bridge.errors import ConfigError, InputMissing

Protocol = Literal["auto", "5", "3.1.1"]


@dataclass(frozen=True, slots=True)
class Tls:
    """Encrypt the connection; the broker's certificate is always verified.

    ca_file: PEM of the authority that signed it; None trusts the system's authorities.
    cert_file, key_file: PEM of this client, when the broker asks for one.
    """

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where the broker is and how to talk to it.

    client_id: None makes a random one that lasts as long as the session object.
    protocol: ``auto`` tries MQTT 5 and falls back to 3.1.1 when the broker refuses that version.
    timeout_s: how long any answer of the broker may take. House choice: a local broker answers in
    1 ms, one across the world in 0.5 s.
    keepalive_s: how long the line may be silent before the broker is asked whether it is there. A
    dead line is noticed after twice that at the latest (measured), so within 22 s.
    """

    host: str = "localhost"
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str | None = None
    protocol: Protocol = "auto"
    tls: Tls | None = None
    timeout_s: float = 3.0
    keepalive_s: int = 11

    @property
    def address(self) -> str:
        """Return host and port as they are written in log lines."""
        return f"{self.host}:{self.port}"


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Return the context for a connection.

    Raises InputMissing when a file cannot be read, ConfigError when it holds no usable PEM.
    """
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
        if tls.cert_file is not None:
            context.load_cert_chain(tls.cert_file, tls.key_file)
    except ssl.SSLError as error:
        raise ConfigError(
            f"The TLS files of the broker cannot be used: {error.reason or error}.",
            hint="Give certificates and key as PEM files that belong together.",
        ) from error
    except OSError as error:
        raise InputMissing(
            f"A TLS file of the broker cannot be read: {error.strerror}.",
            hint="Check the paths of ca_file, cert_file and key_file and their permissions.",
        ) from error
    return context
