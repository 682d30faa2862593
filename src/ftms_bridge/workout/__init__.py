"""Sessions, and metrics that are computed while they run."""
