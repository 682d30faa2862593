"""``demo --power-cut``: understood, and really done to the machine that is on the air."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.console import Console

from ftms_bridge.app import demo
from ftms_bridge.app.demo import DemoSettings, PowerCut, read_power_cut, run_demo
from ftms_bridge.app.on_air import VirtualRadio, VirtualSettings, virtual_radio
from ftms_bridge.config.loading import load_settings, packaged_file
from ftms_bridge.dashboard.display import plain_lines
from ftms_bridge.errors import UsageError
from tests.brokers import free_port


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("bike@20:15", PowerCut("bike", 20.0, 15.0)),
        ("my_belt2@0.5:1.25", PowerCut("my_belt2", 0.5, 1.25)),
        ("strap@0:0", PowerCut("strap", 0.0, 0.0)),
    ],
)
def test_it_reads_what_when_and_how_long(text: str, cut: PowerCut) -> None:
    assert read_power_cut(text) == cut


@pytest.mark.parametrize(
    "text", ["", "bike", "bike@20", "bike:20@15", "@1:2", "Bike@1:2", "bike@-1:2", "bike@1:2s",
             "bike@1:2\n", "bike@1e3:2", "bike@.5:2"],
)  # fmt: skip
def test_what_it_cannot_read_it_refuses_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_power_cut(text)
    assert "bike@20:15" in caught.value.hint


async def test_the_machine_is_switched_off_and_on_while_the_demo_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[tuple[str, str]] = []

    @asynccontextmanager
    async def watched(settings: VirtualSettings) -> AsyncIterator[VirtualRadio]:
        async with virtual_radio(settings) as radio:
            off, on = radio.switch_off, radio.switch_on

            def switch_off(source: str) -> None:
                off(source)
                done.append(("off", source))

            async def switch_on(source: str) -> None:
                await on(source)
                done.append(("on", source))

            monkeypatch.setattr(radio, "switch_off", switch_off)
            monkeypatch.setattr(radio, "switch_on", switch_on)
            yield radio

    monkeypatch.setattr(demo, "virtual_radio", watched)
    settings = load_settings(packaged_file("demo.toml")).settings
    display = plain_lines(Console(file=io.StringIO()))
    cut = PowerCut("bike", 0.05, 0.1)
    async with asyncio.timeout(10.0):
        await run_demo(
            DemoSettings(settings, free_port(), seconds=0.5, power_cut=cut), display, lambda _: None
        )
    assert done == [("off", "bike"), ("on", "bike")]


async def test_a_power_cut_for_nobody_is_told() -> None:
    settings = load_settings(packaged_file("demo.toml")).settings
    display = plain_lines(Console(file=io.StringIO()))
    made = DemoSettings(settings, free_port(), seconds=0.3, power_cut=PowerCut("byke", 0.0, 0.1))
    with pytest.raises(UsageError, match="byke"):
        await run_demo(made, display, lambda _: None)
