"""The public surface: what ``import ftms_bridge`` offers, and that it costs nothing."""

from __future__ import annotations

import subprocess
import sys

import ftms_bridge


def test_the_public_names_are_these_and_each_can_be_had() -> None:
    assert dir(ftms_bridge) == [
        "LinkChange", "MachineKind", "MachineSpec", "Notification", "Pipeline",
        "PipelineSettings", "RecordingReader", "RecordingWriter", "SensorKind", "SensorSpec",
        "decode", "encode",
    ]  # fmt: skip
    for name in ftms_bridge.__all__:
        assert getattr(ftms_bridge, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(ftms_bridge, "Manager")


def test_importing_the_package_loads_none_of_its_parts() -> None:
    code = (
        "import sys, ftms_bridge;"
        "print([name for name in sys.modules if name.startswith('ftms_bridge.')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_example_of_the_readme_works() -> None:
    pipeline = ftms_bridge.Pipeline(
        ftms_bridge.PipelineSettings(
            machines=(ftms_bridge.MachineSpec("bike", ftms_bridge.MachineKind.INDOOR_BIKE),),
            run_id="test",
        )
    )
    data = ftms_bridge.encode(0x2AD2, {"speed_kmh": 25.0, "power_w": 150})
    effects = pipeline.receive(ftms_bridge.Notification(0.0, "bike", 0x2AD2, data))
    assert [effect.topic.name for effect in effects][:1] == ["availability"]
    assert ftms_bridge.decode(0x2AD2, data).fields == {"speed_kmh": 25.0, "power_w": 150}
