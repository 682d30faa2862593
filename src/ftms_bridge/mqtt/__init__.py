"""The MQTT shell: the broker connection and what is sent over it."""
