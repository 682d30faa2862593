"""The live view: it knows only what arrives over MQTT, like any other dashboard."""
