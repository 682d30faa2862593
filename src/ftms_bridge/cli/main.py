"""The command group; a command's module is imported only when that command is called.

`--help` and shell completion answer from the table below, so they stay fast: none of the
libraries for Bluetooth, MQTT and validation is loaded for them.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final

import rich_click as click
from click.exceptions import Exit

from ftms_bridge.errors import BridgeError

COMMANDS: Final = {
    "run": "Run the bridge: machines in, MQTT out.",
    "demo": "Run everything on embedded parts: virtual machines, broker, live view.",
    "scan": "List the fitness machines and sensors that can be heard.",
    "doctor": "Find out what is wrong with Bluetooth, the broker, or a recording.",
    "watch": "Show what the bridge publishes, live in the terminal.",
    "link": "See the links of the running bridge; give a machine away, take it back.",
    "declare": "Tell the running bridge which way you move, where no machine can.",
    "record": "Record one machine into a file, with labels by key press.",
    "calibrate": "Find out what a machine tells about forward and backward.",
    "replay": "Play recordings through the bridge.",
    "explain": "Say why the direction in a recording was what it was.",
    "simulate": "Make a recording from a scenario of a virtual rider and machine.",
    "virtual": "Put virtual machines on a virtual radio for another terminal.",
    "eval": "Score what is said about the direction against a simulated truth.",
    "decode": "Decode the bytes of a Bluetooth characteristic.",
    "config": "Check, show or describe the configuration.",
    "topics": "Print the table of MQTT topics.",
}

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C: 128 + SIGINT, the shells' convention.

What runs until it is stopped (run, watch, record, demo, virtual) takes the signal itself and ends
with 0: a service manager ends it in the same way.
"""


class LazyGroup(click.RichGroup):
    """A group that knows its commands by name and loads one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a stand-in with name and summary: enough for help texts and completion."""
        summary = COMMANDS.get(cmd_name)
        return None if summary is None else click.RichCommand(name=cmd_name, help=summary)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Exchange the stand-in for the command itself, now that it is called."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name and command else command, rest

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C ends it quietly."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Exit(INTERRUPTED) from None


def load(name: str) -> click.Command:
    """Import ``cli.<name>`` and return its ``command``."""
    command: click.Command = import_module(f"ftms_bridge.cli.{name}").command
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ftms-bridge", prog_name="ftms-bridge")
def root() -> None:
    """Bring fitness machines to MQTT, and tell which way you move, or that it cannot be known."""


def main() -> None:
    """Run the command line; an expected error ends as two lines and an exit code of its own."""
    try:
        root(prog_name="ftms-bridge")
    except BridgeError as error:
        click.echo(f"ftms-bridge: {error.what}", err=True)
        click.echo(f"  what to do: {error.hint}", err=True)
        sys.exit(error.exit_code)
    finally:
        _flush_quietly()


def _flush_quietly() -> None:
    """Write out what is buffered; a reader that has gone (`| head`) is no error.

    Source: the recipe in the Python documentation of ``signal``, "Note on SIGPIPE".
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
