"""Finds out why the bridge does not work here, or what is odd about a machine's recording."""
