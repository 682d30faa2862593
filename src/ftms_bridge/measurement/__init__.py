"""What was measured: whole records, counters without jumps, and the newest value per quantity."""
