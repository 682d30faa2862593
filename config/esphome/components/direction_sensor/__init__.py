"""The way a crank, wheel or roller turns, for ESPHome: signed revolutions per minute."""
