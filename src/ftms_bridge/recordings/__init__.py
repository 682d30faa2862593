"""Recordings of raw notifications: written, read and replayed."""
