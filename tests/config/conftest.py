"""Fixtures of the tests that load settings."""

from tests.config.surroundings import home, write

__all__ = ["home", "write"]
