"""The configuration files that are shipped."""

from __future__ import annotations

import re

from ftms_bridge.config.bluetooth import BluetoothLink
from ftms_bridge.config.catalogue import setting_rows
from ftms_bridge.config.loading import load_settings, packaged_file
from tests.config.surroundings import Writer

SAMPLE = packaged_file("ftms-bridge.toml")

COMMENTED_KEY = re.compile(r"^#(?=[\[a-z])", re.MULTILINE)
"""`#key = ...` and `#[table]` show a default; prose has a blank after the `#`."""

OTHER_LINK_TYPES = re.compile(
    r'^#type = "(?:simulator|recording)".*\n(?:#(?:scenario|seed|file|speed|loop) = .*\n)+',
    re.MULTILINE,
)


def test_the_sample_is_correct_as_it_is() -> None:
    (machine,) = load_settings(SAMPLE).settings.machine
    assert (machine.id, machine.link) == ("bike", BluetoothLink(type="bluetooth"))


def test_the_three_lines_that_bind_a_machine_are_enough(write: Writer) -> None:
    lines = re.findall(r"^#   (.+)$", SAMPLE.read_text(), re.MULTILINE)
    assert len(lines) == 3
    (machine,) = load_settings(write("\n".join(["[[machine]]", *lines]))).settings.machine
    assert machine.link == BluetoothLink(type="bluetooth")


def test_the_sample_shows_every_key() -> None:
    text = SAMPLE.read_text()
    for row in setting_rows():
        if row.type == "table" or row.type.startswith("tables"):
            table = row.path.replace("[]", "")
            assert re.search(rf"^#?\[+{re.escape(table)}\]+", text, re.MULTILINE), row.path
        elif row.path != "machine[].priority":
            assert re.search(rf"^#?{row.name} = ", text, re.MULTILINE), row.path


def test_the_commented_lines_of_the_sample_show_the_defaults() -> None:
    text = SAMPLE.read_text()
    shown = dict(re.findall(r"^#([a-z_]+) = (\S+)(?!.*default: )", text, re.MULTILINE))
    defaults = {
        row.name: row.default
        for row in setting_rows()
        if row.name in shown and row.default not in ("", "required")
    }
    assert len(defaults) >= 12
    assert {name: shown[name] for name in defaults} == defaults


def test_the_sample_stays_correct_when_all_its_lines_are_used(write: Writer) -> None:
    for name in ("mqtt.password", "ca.pem", "client.pem", "client.key"):
        write("x", name=name, mode=0o600)
    text = COMMENTED_KEY.sub("", OTHER_LINK_TYPES.sub("", SAMPLE.read_text()))
    settings = load_settings(write(text, mode=0o600)).settings
    assert settings.mqtt.tls is not None
    (machine,) = settings.machine
    assert isinstance(machine.link, BluetoothLink)
    assert (machine.link.address, machine.link.resume_at) == ("C0:01:02:03:04:05", ("06:30",))
    assert [sensor.id for sensor in machine.sensor] == ["crank"]
    assert machine.sensor[0].link is not None
    assert machine.sensor[0].link.name == "Crank*"


def test_the_demo_has_two_machines_on_the_radio_and_records_nothing() -> None:
    settings = load_settings(packaged_file("demo.toml")).settings
    assert [machine.kind.value for machine in settings.machine] == ["indoor_bike", "treadmill"]
    assert all(isinstance(machine.link, BluetoothLink) for machine in settings.machine)
    assert not settings.recording.enabled
