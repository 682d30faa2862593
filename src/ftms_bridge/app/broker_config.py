"""How the configured broker is reached."""

from __future__ import annotations

from ftms_bridge.config.convert import broker_password
from ftms_bridge.config.settings import Settings
from ftms_bridge.mqtt.settings import BrokerSettings, Tls


def broker_settings(settings: Settings) -> BrokerSettings:
    """Return how the configured broker is reached, with the password read from where it stands."""
    mqtt = settings.mqtt
    tls = mqtt.tls
    return BrokerSettings(
        host=mqtt.host,
        port=mqtt.port,
        username=mqtt.username,
        password=broker_password(mqtt),
        client_id=mqtt.client_id,
        protocol=mqtt.protocol,
        tls=None if tls is None else Tls(tls.ca_file, tls.cert_file, tls.key_file),
    )
