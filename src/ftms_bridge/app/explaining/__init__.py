"""Explains why the estimator of the direction said what it said, from a recording."""
