"""Settings from TOML, environment and secret files, validated and turned into core values."""
