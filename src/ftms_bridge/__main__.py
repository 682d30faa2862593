"""``python -m ftms_bridge``."""

from ftms_bridge.cli.main import main

main()
