"""The demo says where to listen only when there is something to listen to."""

from __future__ import annotations

import io
import socket

from rich.console import Console

from ftms_bridge.app.demo import DemoSettings, run_demo
from ftms_bridge.config.loading import load_settings, packaged_file
from ftms_bridge.dashboard.display import plain_lines
from ftms_bridge.mqtt.embedded import HOST
from tests.brokers import free_port


async def test_the_line_to_paste_is_told_when_the_broker_listens() -> None:
    settings = load_settings(packaged_file("demo.toml")).settings
    port, told = free_port(), []

    def take(line: str) -> None:
        with socket.create_connection((HOST, port), timeout=2):
            told.append(line)

    display = plain_lines(Console(file=io.StringIO()))
    await run_demo(DemoSettings(settings, port, seconds=0.2), display, take)
    assert told == [f"mosquitto_sub -h {HOST} -p {port} -t 'ftms/#' -v"]
