"""Follows the adapters through BlueZ's signals, and tells once when what links need goes away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ftms_bridge.ble.bluez_objects import StackTrouble, adapter_trouble
from ftms_bridge.ble.stack import Adapter, OnTrouble
from ftms_bridge.gatt.notification import Verdict


class AdapterWatch:
    """The adapters as last heard of, and for each that is wanted whether it could be used.

    Trouble is told when something that could be used no longer can; what never worked is not news.
    ``changes`` counts what was heard, so that an older answer is not taken for a newer one.
    """

    def __init__(self, blocks: Callable[[], Mapping[str, str]]) -> None:
        self.on_trouble: OnTrouble | None = None
        self.changes = 0
        self._blocks = blocks
        self._adapters: dict[str, Adapter] = {}
        self._usable: dict[str, bool] = {"": False}
        self._told: Verdict | None = None

    def want(self, adapter: str) -> None:
        """Watch this adapter (name or address) from now on; that there is any always counts."""
        wanted = adapter.lower()
        self._usable.setdefault(wanted, self._trouble(wanted) is None)

    def take(self, adapters: Mapping[str, Adapter]) -> None:
        """Take all adapters, by object path, as they are now."""
        self._adapters = dict(adapters)
        self._judge()

    def put(self, path: str, adapter: Adapter) -> None:
        """Take one adapter that came."""
        self.changes += 1
        self._adapters[path] = adapter
        self._judge()

    def drop(self, path: str) -> None:
        """Take away an adapter that went."""
        self.changes += 1
        if self._adapters.pop(path, None) is not None:
            self._judge()

    def power(self, path: str, powered: bool) -> None:
        """Take that an adapter was switched on or off."""
        self.changes += 1
        if path in self._adapters:
            self._adapters[path] = replace(self._adapters[path], powered=powered)
            self._judge()

    def lose_service(self, trouble: StackTrouble) -> None:
        """Take that BlueZ or the bus is gone, and with it every adapter."""
        self.changes += 1
        self._adapters.clear()
        was_usable = any(self._usable.values())
        self._usable = dict.fromkeys(self._usable, False)
        # an orderly end takes the adapters away first: the true reason must still be told
        if was_usable or self._told in (Verdict.ADAPTER_MISSING, Verdict.BLUETOOTH_OFF):
            self._tell(trouble)

    def _judge(self) -> None:
        now = {wanted: self._trouble(wanted) for wanted in self._usable}
        lost = [trouble for wanted, trouble in now.items() if trouble and self._usable[wanted]]
        self._usable = {wanted: trouble is None for wanted, trouble in now.items()}
        if any(self._usable.values()):
            self._told = None
        if lost:
            self._tell(lost[-1])  # the one that was asked for by name, if any was

    def _trouble(self, wanted: str) -> StackTrouble | None:
        trouble = adapter_trouble(self._adapters, wanted, {})
        if trouble is None:
            return None
        return adapter_trouble(self._adapters, wanted, self._blocks())

    def _tell(self, trouble: StackTrouble) -> None:
        self._told = trouble.verdict
        if self.on_trouble is not None:
            self.on_trouble(trouble.verdict, trouble.detail)
