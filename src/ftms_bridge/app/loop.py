"""What every long-running command asks of the event loop: a clean stop, and no false alarms."""

from __future__ import annotations

import asyncio
import logging
import signal

from ftms_bridge.mqtt.session import is_harmless

log = logging.getLogger(__name__)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let Ctrl-C and a service manager end the program in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


def pass_over_dead_sockets() -> None:
    """Keep the echo of a connection that was cut out of the log; tell everything else."""
    asyncio.get_running_loop().set_exception_handler(_tell_unless_harmless)


def _tell_unless_harmless(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    if is_harmless(context):
        log.debug("the loop reports a dead socket: %s", context.get("message"))
    else:
        loop.default_exception_handler(context)
