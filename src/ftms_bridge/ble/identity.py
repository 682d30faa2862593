"""What a device said it is when it was first bound, kept on disk and compared each time.

A name can be shown by anybody, and two machines of one type show the same one. What cannot change
unnoticed is the address together with what the device says of itself. Firmware may change, because
people update it: that is told and followed. Anything else is told and not followed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

FILE_NAME: Final = "identities.json"

LONGEST_TEXT: Final = 64
"""Characters of a device information string that are kept; house choice."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Who a device is: address, and what it says of itself; "" where it says nothing.

    services: sorted 16-bit numbers of its fitness services. Others do not count: some systems hide
    the battery service or the generic ones. bound_as: the binding that led to it.
    """

    address: str
    services: tuple[int, ...]
    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    bound_as: str = ""

    def difference(self, before: Fingerprint) -> str:
        """Return in words what differs from before, firmware aside; "" when nothing does.

        What is not said now is no difference: reading it can fail on a bad link.
        """
        found = []
        if self.address.upper() != before.address.upper():
            found.append("it has another address")
        if self.services != before.services:
            found.append(f"services were {_hex(before.services)}, are {_hex(self.services)}")
        for what in ("manufacturer", "model"):
            old, new = getattr(before, what), getattr(self, what)
            if new and old and new != old:
                found.append(f"{what} was {old!r}, is {new!r}")
        return "; ".join(found)

    def update_since(self, before: Fingerprint) -> str:
        """Return in words how the firmware changed; "" when it did not."""
        if not self.firmware or not before.firmware or self.firmware == before.firmware:
            return ""
        return f"firmware was {before.firmware!r}, is {self.firmware!r}"

    def completed_by(self, before: Fingerprint) -> Fingerprint:
        """Return this one, with what it does not say now as it was said before."""
        return replace(
            self,
            manufacturer=self.manufacturer or before.manufacturer,
            model=self.model or before.model,
            firmware=self.firmware or before.firmware,
        )


class IdentityStore:
    """The fingerprints of all sources, in one readable file; read anew each time it is asked.

    So a person can accept another device by removing an entry while the bridge runs. A folder that
    cannot be written costs the memory of this run's devices, not the ride: it is told once.
    """

    def __init__(self, directory: Path | None) -> None:
        self._path = None if directory is None else directory / FILE_NAME
        self._of_this_run: dict[str, Fingerprint] = {}
        self._told = False
        self._is_unreadable = False

    def known(self, source: str) -> Fingerprint | None:
        """Return what a source was when it was bound, or None."""
        return self._read().get(source)

    def remember(self, source: str, fingerprint: Fingerprint) -> None:
        """Keep what a source is from now on."""
        entries = self._read()
        if entries.get(source) != fingerprint:
            self._write({**entries, source: fingerprint})

    def forget(self, source: str) -> bool:
        """Remove a source, so that the next device that fits is bound; False: it was not there."""
        entries = self._read()
        if source not in entries:
            return False
        del entries[source]
        self._write(entries)
        return True

    def _read(self) -> dict[str, Fingerprint]:
        if self._path is None or self._told:
            return dict(self._of_this_run)
        try:
            entries = _parse(json.loads(self._path.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            entries = {}
        except OSError as error:
            # it may be whole, and readable again soon: it is neither moved away nor overwritten
            if not self._is_unreadable:
                log.error("%s cannot be read: %s", self._path, error.strerror)  # noqa: TRY400
            self._is_unreadable = True
            return dict(self._of_this_run)
        except ValueError as error:
            # a damaged memory must not let another device pass for the known one unnoticed
            log.error("%s cannot be used (%s); devices are bound anew", self._path, error)  # noqa: TRY400
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".damaged"))
            entries = {}
        self._is_unreadable = False
        self._of_this_run = dict(entries)
        return entries

    def _write(self, entries: Mapping[str, Fingerprint]) -> None:
        self._of_this_run = dict(entries)
        if self._path is None or self._is_unreadable:
            return
        text = json.dumps({name: asdict(one) for name, one in entries.items()}, indent=1)
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh.write_text(text + "\n", encoding="utf-8")
            fresh.chmod(0o600)
            _keep_owner(self._path, fresh)
            os.replace(fresh, self._path)  # noqa: PTH105 - atomic, and says so
        except OSError as error:
            if not self._told:
                log.warning(
                    "%s cannot be written (%s); devices are remembered until the bridge ends",
                    self._path, error.strerror,
                )  # fmt: skip
            self._told = True
        else:
            self._told = False


def _keep_owner(path: Path, fresh: Path) -> None:
    """Leave a file to whom it belongs: a person may accept a device as root, the bridge is not."""
    with contextlib.suppress(OSError, AttributeError):  # not there yet, or no such right or call
        owner = path.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)


def _parse(entries: object) -> dict[str, Fingerprint]:
    """Return the fingerprints in a file; ValueError when it holds anything else."""
    if not isinstance(entries, dict):
        raise ValueError("not a table of sources")  # noqa: TRY004 - of the file, not of a caller
    return {str(source): _fingerprint(entry) for source, entry in entries.items()}


def _fingerprint(entry: object) -> Fingerprint:
    if not isinstance(entry, dict):
        raise ValueError("an entry is no table")  # noqa: TRY004 - of the file, not of a caller
    services = entry.get("services")
    if not isinstance(services, list) or not all(isinstance(one, int) for one in services):
        raise ValueError("services are not numbers")
    texts = {
        key: entry.get(key, "")
        for key in ("address", "manufacturer", "model", "firmware", "bound_as")
    }
    if not all(isinstance(text, str) for text in texts.values()) or not texts["address"]:
        raise ValueError("an entry has no address, or something that is no text")
    return Fingerprint(services=tuple(services), **texts)


def _hex(services: tuple[int, ...]) -> str:
    return " ".join(f"{number:04x}" for number in services) or "none"
