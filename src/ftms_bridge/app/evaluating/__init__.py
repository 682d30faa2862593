"""Scores what the bridge says about the direction against a simulated truth."""
