"""Which way the rider moves, on what evidence, or why that cannot be known."""
