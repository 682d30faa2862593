from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ftms_bridge.app.radios import forget_device, make_bluetooth, make_radio, open_radio
from ftms_bridge.ble.bluez import system_stack
from ftms_bridge.ble.identity import FILE_NAME, Fingerprint, IdentityStore
from ftms_bridge.config.loading import load_settings
from ftms_bridge.errors import OutputFailed, UsageError
from ftms_bridge.gatt.notification import Verdict
from tests.brokers import HOST, free_port
from tests.config.surroundings import Writer, home, write

__all__ = ["home", "write"]

BIKE = '[[machine]]\nid = "bike"\nkind = "indoor_bike"\nlink = { type = "bluetooth" }\n'


def clock() -> float:
    return 0.0


def test_the_system_is_the_computers_own() -> None:
    radio = make_radio("system", adapter="hci1", clock=clock)
    assert type(radio.stack) is type(system_stack())
    assert (radio.scanner_backend, radio.client_backend) == (None, None)
    assert radio.adapter == "hci1"


def test_a_virtual_one_brings_backends_of_its_own() -> None:
    radio = make_radio("tcp:localhost:7310", adapter="", clock=clock)
    assert radio.scanner_backend is not None
    assert radio.client_backend is not None


@pytest.mark.parametrize("where", ["", "hci0", "tcp:", "tcp:1", "tcp::1", "tcp:h:-1", "tcp:h:x"])
def test_what_is_neither_is_refused(where: str) -> None:
    with pytest.raises(UsageError, match="no radio") as caught:
        make_radio(where, adapter="", clock=clock)
    assert "tcp:HOST:PORT" in caught.value.hint


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ftms_bridge.ble.virtual_adapter", None)
    with pytest.raises(UsageError) as caught:
        make_radio("tcp:localhost:7310", adapter="", clock=clock)
    assert "ftms-bridge[demo]" in caught.value.hint


async def test_a_virtual_radio_that_nobody_serves_says_so_when_it_is_looked_at() -> None:
    async with open_radio(f"tcp:{HOST}:{free_port()}") as radio:
        state = await radio.stack.look()
    assert state.trouble is Verdict.ADAPTER_MISSING
    assert HOST in state.detail


def test_a_bridge_without_machines_over_bluetooth_needs_no_radio(write: Writer) -> None:
    assert make_bluetooth(load_settings(write.with_bike()).settings, clock) is None


@pytest.mark.parametrize("remember", [True, False])
def test_devices_are_remembered_where_it_is_configured(
    write: Writer, tmp_path: Path, remember: bool
) -> None:
    folder = tmp_path / "state"
    text = f'[bluetooth]\nstate_directory = "{folder}"\nadapter = "hci1"\n{BIKE}'
    bluetooth = make_bluetooth(load_settings(write(text)).settings, clock, remember=remember)
    assert bluetooth is not None
    assert bluetooth.radio.adapter == "hci1"
    assert not folder.exists()  # nothing is opened yet


def test_a_device_is_forgotten_and_named(write: Writer, tmp_path: Path) -> None:
    config = write(f'[bluetooth]\nstate_directory = "{tmp_path}"\n{BIKE}')
    store = IdentityStore(tmp_path)
    store.remember("bike", Fingerprint("C0:01", (0x1826,), manufacturer="Acme", model="B1"))
    store.remember("strap", Fingerprint("C0:02", (0x180D,)))
    assert forget_device("bike", config) == "Acme B1 (C0:01)"
    assert store.known("bike") is None
    assert forget_device("strap", config) == "C0:02"
    with pytest.raises(UsageError) as caught:
        forget_device("bike", config)
    assert str(tmp_path / FILE_NAME) in caught.value.hint


def test_a_device_that_cannot_be_forgotten_is_not_said_to_be(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    IdentityStore(tmp_path).remember("bike", Fingerprint("C0:00:00:00:00:01", (0x1826,)))
    config = write(f'[bluetooth]\nstate_directory = "{tmp_path}"\n' + BIKE)

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OutputFailed, match="cannot be written"):
        forget_device("bike", config)
