"""What runs inside the guest: the virtual world, the bridge under test, and the checks."""
