"""The list of all settings."""

from __future__ import annotations

from ftms_bridge.config.catalogue import setting_rows, variable_of

ROWS = {row.path: row for row in setting_rows() if row.name != "type"}


def test_every_setting_is_explained() -> None:
    assert [row.path for row in setting_rows() if not row.description] == []


def test_rows_carry_type_limits_and_default() -> None:
    port = ROWS["mqtt.port"]
    assert (port.type, port.default) == ("whole number from 1 to 65535", "1883")
    speed = ROWS["machine[].link.speed"]
    assert (speed.type, speed.default) == ("number above 0 to 1000", "1.0")
    assert ROWS["mqtt.protocol"].type == '"auto" or "5" or "3.1.1"'
    assert ROWS["machine[].id"].default == "required"
    assert ROWS["machine[].sensor[].wheel_circumference_m"].type == "number from 0.5 to 4"
    assert ROWS["machine[].link.resume_at"].type == "list of text"


def test_every_default_text_is_free_of_this_computers_paths() -> None:
    assert [row.path for row in setting_rows() if "/" in row.default] == []


def test_a_row_knows_its_name_and_the_table_it_stands_in() -> None:
    row = ROWS["machine[].sensor[]"]
    assert (row.name, row.parent) == ("sensor", "machine[]")
    assert ROWS["mqtt"].parent == ""


def test_a_setting_has_a_variable_named_after_its_path() -> None:
    assert variable_of("mqtt.tls.ca_file") == "FTMS_BRIDGE_MQTT__TLS__CA_FILE"
