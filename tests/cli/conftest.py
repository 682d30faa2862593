"""Fixtures of the command line's tests."""

from tests.config.surroundings import home, write

__all__ = ["home", "write"]
