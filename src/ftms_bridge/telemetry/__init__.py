"""The public MQTT contract: topics, payload types and when each is due."""
