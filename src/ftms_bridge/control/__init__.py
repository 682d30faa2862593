"""Commands that people and dashboards send."""
