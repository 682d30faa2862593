"""Where settings come from, which place wins, and what is said when something is wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftms_bridge.config.loading import (
    FILE_NAME,
    find_file,
    load_settings,
    packaged_file,
    require_file,
    search_places,
)
from ftms_bridge.errors import ConfigError
from tests.config.surroundings import Writer

SECRET = "hunter2-do-not-tell"


def problems(file: Path | None = None) -> list[str]:
    """Return the lines of the error that loading gives, without the count on top."""
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert caught.value.exit_code == 78
    assert caught.value.hint
    return [line.strip() for line in caught.value.what.splitlines()[1:]]


class TestSearch:
    def test_the_file_on_the_command_line_is_taken_before_all_others(
        self, write: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FTMS_BRIDGE_CONFIG", "other.toml")
        file = write.with_bike()
        assert find_file(file) == file

    def test_the_variable_is_taken_before_the_usual_places(
        self, write: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        user_file = search_places()[0]
        user_file.parent.mkdir(parents=True)
        user_file.write_text("")
        file = write.with_bike("[mqtt]\nport = 1884\n")
        monkeypatch.setenv("FTMS_BRIDGE_CONFIG", str(file))
        assert load_settings().settings.mqtt.port == 1884

    def test_the_users_folder_is_looked_at_before_the_systems(self, home: Path) -> None:
        user_file, system_file = search_places()
        assert user_file == home / ".config" / "ftms-bridge" / FILE_NAME
        system_file.parent.mkdir(parents=True)
        system_file.write_text(Writer.MACHINE)
        assert find_file(None) == system_file
        user_file.parent.mkdir(parents=True)
        user_file.write_text(Writer.MACHINE)
        assert find_file(None) == user_file

    def test_without_any_file_the_error_says_how_to_make_one(self, home: Path) -> None:
        with pytest.raises(ConfigError, match="there is no configuration") as caught:
            load_settings()
        assert "config sample" in caught.value.hint
        assert str(home / ".config") in caught.value.hint
        with pytest.raises(ConfigError, match="there is no configuration"):
            require_file(None)

    def test_the_hint_for_a_missing_file_works_when_pasted_into_a_shell(self, home: Path) -> None:
        with pytest.raises(ConfigError) as caught:
            load_settings()
        command = caught.value.hint.removeprefix("Make one: ").partition(", then")[0]
        program = f"{sys.executable} -m ftms_bridge"
        subprocess.run(
            command.replace("ftms-bridge config", f"{program} config"), shell=True, check=True
        )
        assert load_settings().file == search_places()[0]

    def test_a_named_file_that_is_missing_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"nope\.toml: cannot be read: No such file"):
            load_settings(tmp_path / "nope.toml")

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
            load_settings(tmp_path)

    def test_a_container_needs_no_file_when_the_environment_names_the_machines(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        machine = '{"id":"t","kind":"treadmill","link":{"type":"simulator","scenario":"walk"}}'
        monkeypatch.setenv("FTMS_BRIDGE_MACHINE", f"[{machine}]")
        loaded = load_settings()
        assert loaded.file is None
        assert [machine.id for machine in loaded.settings.machine] == ["t"]


class TestPrecedence:
    def test_command_line_wins_over_environment_over_secrets_over_file(
        self, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = write.with_bike(
            '[mqtt]\nhost = "file"\nbase = "file"\nclient_id = "file"\nport = 1\n'
        )
        credentials = tmp_path / "credentials"
        credentials.mkdir()
        for key in ("host", "base", "client_id"):
            (credentials / f"ftms_bridge_mqtt__{key}").write_text("secrets\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
        monkeypatch.setenv("FTMS_BRIDGE_MQTT__HOST", "environment")
        monkeypatch.setenv("FTMS_BRIDGE_MQTT__CLIENT_ID", "environment")
        mqtt = load_settings(file, {"mqtt": {"host": "command"}}).settings.mqtt
        assert (mqtt.host, mqtt.client_id, mqtt.base, mqtt.port) == (
            "command", "environment", "secrets", 1,
        )  # fmt: skip

    def test_the_password_can_come_from_a_container_secret(
        self, write: Writer, tmp_path: Path
    ) -> None:
        (tmp_path / "run-secrets").mkdir()
        (tmp_path / "run-secrets" / "ftms_bridge_mqtt__password").write_text(f"{SECRET}\n")
        (tmp_path / "run-secrets" / "of_another_program").write_text("x")
        password = load_settings(write.with_bike('[mqtt]\nusername = "u"\n')).settings.mqtt.password
        assert password is not None
        assert password.get_secret_value() == SECRET

    def test_relative_paths_in_a_file_start_at_its_folder(
        self, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = write.with_bike('[recording]\ndirectory = "rec"\n')
        monkeypatch.chdir("/")
        assert load_settings(file).settings.recording.directory == tmp_path / "rec"

    def test_a_tilde_in_a_path_is_the_home_folder(self, write: Writer, home: Path) -> None:
        file = write.with_bike('[recording]\ndirectory = "~/rec"\n')
        assert load_settings(file).settings.recording.directory == home / "rec"


class TestProblems:
    def test_all_problems_are_told_at_once_each_with_place_and_key(self, write: Writer) -> None:
        file = write(
            """
colour = "red"
[mqtt]
port = 99999
hots = "x"
[telemetry]
live_per_s = 0
[[machine]]
id = "My Bike"
kind = "bike"
link = { type = "simulator", scenario = 3, sed = 2 }
"""
        )
        assert sorted(problems(file)) == sorted(
            f"{file}: {line}"
            for line in (
                "mqtt.port: must be at most 65535 (got 99999)",
                "mqtt.hots: is unknown; did you mean mqtt.host?",
                "telemetry.live_per_s: must be at least 0.2 (got 0)",
                'machine[0].id: must be 1 to 32 characters of a-z, 0-9 and _ (got "My Bike")',
                "machine[0].kind: must be 'indoor_bike', 'treadmill', 'cross_trainer', "
                "'step_climber', 'stair_climber' or 'rower' (got \"bike\")",
                "machine[0].link.scenario: must be text in quotes (got 3)",
                "machine[0].link.sed: is unknown; did you mean machine[0].link.seed?",
                "colour: is unknown here; known are bluetooth, log, machine, mqtt, recording, "
                "session, telemetry",
            )
        )

    def test_a_toml_error_names_line_and_column(self, write: Writer) -> None:
        with pytest.raises(ConfigError, match=r"bridge\.toml: .*at line 2, column 8"):
            load_settings(write("[mqtt]\nport = = 3\n"))

    def test_a_file_that_is_not_utf8_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "x.toml").write_bytes(b"[mqtt]\nhost = '\xff'\n")
        with pytest.raises(ConfigError, match="is not text in UTF-8"):
            load_settings(tmp_path / "x.toml")

    def test_an_unknown_variable_is_an_error_with_the_likely_name(
        self, write: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FTMS_BRIDGE_MQTT__PROT", "1884")
        monkeypatch.setenv("FTMS_BRIDGE_MQQT__PORT", "1884")
        assert sorted(problems(write.with_bike())) == [
            "environment: FTMS_BRIDGE_MQQT__PORT: is unknown here; known are bluetooth, log, "
            "machine, mqtt, recording, session, telemetry",
            "environment: FTMS_BRIDGE_MQTT__PROT: is unknown; did you mean FTMS_BRIDGE_MQTT__PORT?",
        ]

    def test_a_wrong_value_in_a_variable_is_blamed_on_the_variable(
        self, write: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FTMS_BRIDGE_MQTT__PORT", "many")
        assert problems(write.with_bike("[mqtt]\nport = 1884\n")) == [
            'environment: FTMS_BRIDGE_MQTT__PORT: must be a whole number (got "many")'
        ]

    def test_a_variable_for_a_table_must_be_json(
        self, write: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FTMS_BRIDGE_MQTT", f"password={SECRET}")
        monkeypatch.setenv("FTMS_BRIDGE_MACHINE", '[{"id":')
        with pytest.raises(ConfigError, match="2 problems") as caught:
            load_settings()
        assert caught.value.what.splitlines()[1:] == [
            "  environment: FTMS_BRIDGE_MQTT: is not JSON (line 1, column 1)",
            "  environment: FTMS_BRIDGE_MACHINE: is not JSON (line 1, column 8)",
        ]
        assert SECRET not in f"{caught.value}{caught.value.__cause__}"

    def test_problems_of_the_radio_name_their_keys(self, write: Writer) -> None:
        file = write(
            """
[bluetooth]
adapter = "usb"
recovery = "always"
[[machine]]
id = "bike"
kind = "indoor_bike"
link = { type = "bluetooth", adress = "C0:01:02:03:04:05" }
sensor = [{ id = "strap", kind = "heart_rate", link = { address = "C0:01" } }]
"""
        )
        assert sorted(problems(file)) == sorted(
            f"{file}: {line}"
            for line in (
                "bluetooth.adapter: must be an adapter's name such as hci0 or its address, or "
                'empty for any (got "usb")',
                "bluetooth.recovery: must be 'off', 'restart', 'power' or 'reset' (got \"always\")",
                "machine[0].link.adress: is unknown; did you mean machine[0].link.address?",
                "machine[0].sensor[0].link.address: must be six pairs of hex digits, such as "
                'C0:01:02:03:04:05, or a UUID as macOS has them (got "C0:01")',
            )
        )

    def test_rules_over_several_links_say_which(self, write: Writer) -> None:
        bike = '[[machine]]\nid = "{}"\nkind = "rower"\nlink = {{ type = "bluetooth" }}\n'
        file = write(bike.format("a") + bike.format("b"))
        assert problems(file) == [
            f"{file}: machine: must tell by address or name which rower is which: machine[0] and "
            "machine[1] have neither"
        ]
        sensor = 'sensor = [{ id = "s", kind = "heart_rate", link = {} }]\n'
        file = write(Writer.MACHINE + sensor)
        assert problems(file) == [
            f"{file}: machine[0]: must not have sensor[0].link: only the sensors of a machine over "
            "Bluetooth have a link of their own"
        ]

    def test_the_radio_can_be_chosen_by_a_variable(
        self, write: Writer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("FTMS_BRIDGE_BLUETOOTH__RADIO", "tcp:localhost:7310")
        text = '[bluetooth]\nstate_directory = "state"\n'
        bluetooth = load_settings(write.with_bike(text)).settings.bluetooth
        assert bluetooth.radio == "tcp:localhost:7310"
        assert bluetooth.state_directory == tmp_path / "state"

    def test_a_configuration_without_a_machine_is_refused(self, write: Writer) -> None:
        file = write("[mqtt]\n")
        assert problems(file) == [f"{file}: machine: is required"]
        file = write("machine = []\n")
        assert problems(file) == [f"{file}: machine: must have at least one entry"]

    @pytest.mark.parametrize("key", ["password_file", "tls.ca_file"])
    def test_a_missing_secret_or_certificate_is_found_before_anything_starts(
        self, key: str, write: Writer, tmp_path: Path
    ) -> None:
        file = write.with_bike(f'[mqtt]\nusername = "u"\n{key} = "nope"\n')
        assert problems(file) == [
            f"{file}: mqtt.{key}: must be a file that can be read: No such file or directory "
            f'(got "{tmp_path / "nope"}")'
        ]

    def test_the_example_in_the_documents_is_what_is_printed(
        self, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FTMS_BRIDGE_LOG__LEVEL", "loud")
        link = '{ type = "simulator", scenario = "demo_bike", seed = -1 }'
        machine = f'[[machine]]\nid = "bike"\nkind = "indoor_bike"\nlink = {link}\n'
        file = write(f"[mqtt]\nprot = 1884\n{machine}", name="ftms-bridge.toml")
        document = (packaged_file("demo.toml").parents[1] / "docs" / "configuration.md").read_text()
        for line in problems(file):
            assert f"  {line.replace(f'{tmp_path}/', '')}\n" in document


class TestSecrets:
    def test_a_password_file_that_everybody_can_read_is_refused(
        self, write: Writer, tmp_path: Path
    ) -> None:
        secret = write(SECRET, name="secret", mode=0o644)
        file = write.with_bike('[mqtt]\nusername = "u"\npassword_file = "secret"\n')
        assert f"must not be readable by every user; run: chmod 600 {secret}" in problems(file)[0]
        secret.chmod(0o600)
        assert load_settings(file).settings.mqtt.password_file == tmp_path / "secret"

    def test_a_password_in_a_file_that_everybody_can_read_is_refused(self, write: Writer) -> None:
        text = f'[mqtt]\nusername = "u"\npassword = "{SECRET}"\n'
        file = write.with_bike(text)
        assert problems(file) == [
            f"{file}: mqtt.password: must not stand in a file that every user can read; "
            f"run: chmod 600 {file}"
        ]
        password = load_settings(write.with_bike(text, mode=0o600)).settings.mqtt.password
        assert password is not None
        assert password.get_secret_value() == SECRET

    @pytest.mark.parametrize(
        "text",
        [
            f'[mqtt]\npassword = ["{SECRET}"]\n',
            f'[mqtt]\npasword = "{SECRET}"\n',
            f'[mqtt]\npassword = "{SECRET}"\n',
            f'password = "{SECRET}"\n',
            f'[mqtt.password]\nvalue = "{SECRET}"\n',
            f'mqtt = ["{SECRET}"]\n',
        ],
    )
    def test_no_error_tells_a_password_wherever_it_stands(self, text: str, write: Writer) -> None:
        with pytest.raises(ConfigError) as caught:
            load_settings(write(text, mode=0o600))
        assert SECRET not in f"{caught.value}{caught.value!r}{caught.value.__cause__!r}"

    def test_the_printed_form_of_loaded_settings_tells_no_password(
        self, write: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FTMS_BRIDGE_MQTT__PASSWORD", SECRET)
        loaded = load_settings(write.with_bike('[mqtt]\nusername = "u"\n'))
        assert SECRET not in repr(loaded)
        assert SECRET not in loaded.settings.model_dump_json()

    def test_a_secret_that_is_not_text_is_refused(
        self, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "ftms_bridge_mqtt__password").write_bytes(b"\xff\xfe")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        with pytest.raises(ConfigError, match="secrets folder: a file is not text"):
            load_settings(write.with_bike())


TOML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
SECTIONS = st.sampled_from(
    ["mqtt", "telemetry", "session", "recording", "log", "bluetooth", "machine", "x"]
)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(values=st.dictionaries(SECTIONS, TOML_VALUES, max_size=4))
def test_whatever_the_values_are_the_answer_is_settings_or_one_clear_error(
    values: dict[str, object], home: Path
) -> None:
    try:
        loaded = load_settings(packaged_file("ftms-bridge.toml"), values)
    except ConfigError as error:
        assert error.what.splitlines()[1:], "an error names at least one problem"
    else:
        assert loaded.settings.machine


def test_the_shipped_files_are_found_in_a_checkout_and_in_a_wheel(tmp_path: Path) -> None:
    import ftms_bridge

    package = tmp_path / "site" / "ftms_bridge"
    shutil.copytree(Path(ftms_bridge.__file__).parent, package)
    shutil.copytree(packaged_file("demo.toml").parent, package / "config" / "files")
    code = "from ftms_bridge.config.loading import packaged_file as f; print(f('demo.toml'))"
    printed = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(package.parent)},
    ).stdout  # fmt: skip
    assert printed.strip() == str(package / "config" / "files" / "demo.toml")
    assert packaged_file("demo.toml").parts[-2:] == ("config", "demo.toml")
