"""What the screen shows, kept up to date from topics and payloads; no terminal in here."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from ftms_bridge.dashboard.document import Document, Unreadable, read_document
from ftms_bridge.dashboard.reading import (
    OPEN_SESSIONS,
    UNKNOWN_SESSION,
    DirectionReading,
    LinkReading,
    Reading,
    SessionReading,
    read_availability,
    read_links,
    read_live,
    read_state,
    read_summary,
)
from ftms_bridge.dashboard.tellings import happening
from ftms_bridge.dashboard.trace import Rate, Trace
from ftms_bridge.dashboard.words import refusal, why_absent
from ftms_bridge.measurement.quantities import MOTION_MAX_AGE_S
from ftms_bridge.telemetry.topics import (
    AVAILABILITY,
    BRIDGE_AVAILABILITY,
    BRIDGE_INFO,
    EVENT,
    LINK,
    LIVE,
    MACHINE_ID,
    RESULT,
    SESSION_LAST,
    STATE,
)

SHOWN_TOPICS: Final = (
    BRIDGE_AVAILABILITY, BRIDGE_INFO, AVAILABILITY, LINK, LIVE, STATE, EVENT, SESSION_LAST, RESULT,
)  # fmt: skip
"""What a view needs; nobody sends what it does not show."""

MACHINES_AT_MOST: Final = 64
"""House choice: more than a gym; topics of further machines are counted as unreadable."""

HAPPENINGS_KEPT: Final = 5
_LIVE_COVERS_STATE_S: Final = 1.5
"""A state adds nothing so soon after a live document, which says more; house choice."""

NOT_HEARD: Final = DirectionReading("unknown", "evidence_stale")

_BRIDGE: Final = "bridge"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event or the outcome of a command; ``number`` counts up over all machines."""

    number: int
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether what is shown can be believed: a word for it, and what there is to say about it.

    why: in plain words, why the machine is not there; empty when it is, or when nobody knows.
    """

    word: str
    note: str = ""
    why: str = ""

    @property
    def is_current(self) -> bool:
        """Say whether the values shown are those of now."""
        return self.word == "online"


class MachineView:
    """One machine as far as it was heard.

    heard_at: when it last sent something new; None while there are only retained payloads, whose
    age is not known. bridge_runs: while false, what was heard is true no longer and not told.
    """

    def __init__(self, machine: str, *, bridge_runs: bool = True) -> None:
        self.id = machine
        self.name = machine
        self.kind = ""
        self.listed = False
        self.bridge_runs = bridge_runs
        self.availability: str | None = None
        self.heard_at: float | None = None
        self.last_session: SessionReading | None = None
        self._reading: Reading | None = None
        self._links: tuple[LinkReading, ...] = ()
        self.happenings: deque[Happening] = deque(maxlen=HAPPENINGS_KEPT)
        self.traces = {"power_w": Trace(), "speed_kmh": Trace()}
        self._live_at = float("-inf")

    @property
    def reading(self) -> Reading | None:
        """Return the last document, or None when there is none or the bridge does not run."""
        return self._reading if self.bridge_runs else None

    @property
    def links(self) -> tuple[LinkReading, ...]:
        """Return the links as last told; none while the bridge does not run."""
        return self._links if self.bridge_runs else ()

    @property
    def session(self) -> SessionReading | None:
        """Return the session that runs, else the last one; None when there was none."""
        if not self.bridge_runs:
            return UNKNOWN_SESSION
        now = None if self.reading is None else self.reading.session
        if now is None or now.state in OPEN_SESSIONS:
            return now or self.last_session
        return self.last_session or (None if now.state == "idle" else now)

    def direction(self, at: float) -> DirectionReading:
        """Return which way the rider moves; unknown when nothing was heard for three seconds."""
        if self.reading is None or self.silence_s(at) > MOTION_MAX_AGE_S:
            return NOT_HEARD
        return self.reading.direction

    def signal(self, quantity: str, at: float) -> float | None:
        """Return a value, or None when it is not known or nothing was heard for three seconds."""
        if self.reading is None or self.silence_s(at) > MOTION_MAX_AGE_S:
            return None
        return self.reading.signals.get(quantity)

    def silence_s(self, at: float) -> float:
        """Return the seconds since something new was heard; infinite when nothing was."""
        return float("inf") if self.heard_at is None else at - self.heard_at

    def receive_links(self, report: Document) -> None:
        """Take how its links are."""
        self._links = read_links(report)

    def receive_live(self, live: Document, at: float) -> None:
        """Take everything known about the machine now."""
        self._reading = reading = read_live(live)
        self.heard_at = self._live_at = at
        for quantity, trace in self.traces.items():
            value = reading.signals.get(quantity)
            if value is not None:
                trace.add(value, at)

    def receive_state(self, state: Document, at: float, *, retained: bool) -> None:
        """Take the flat state, unless a live document has said more just now."""
        if at - self._live_at < _LIVE_COVERS_STATE_S:
            return
        self._reading = read_state(state)
        if not retained:
            self.heard_at = at


class View:
    """All machines of one bridge; time is an argument, in seconds of any one clock.

    unreadable: messages that are not what their topic carries.
    trouble: why there is no connection to the broker; empty while there is one.
    """

    def __init__(self, base: str) -> None:
        self.base = base
        self.machines: dict[str, MachineView] = {}
        self.bridge_availability: str | None = None
        self.bridge_version: str | None = None
        self.unreadable = 0
        self.rate = Rate()
        self.connected = False
        self.trouble = ""
        self._happenings = 0

    @property
    def shown(self) -> list[MachineView]:
        """Return the machines to show: not those that only a former configuration left behind."""
        listed = any(machine.listed for machine in self.machines.values())
        return [
            machine for machine in self.machines.values()
            if machine.listed or not listed or machine.heard_at is not None
        ]  # fmt: skip

    def connect(self) -> None:
        """Take note that the broker is there."""
        self.connected, self.trouble = True, ""

    def lose(self, trouble: str) -> None:
        """Take note that the broker is away, and why."""
        self.connected, self.trouble = False, trouble

    def receive(self, topic: str, payload: bytes, at: float, *, retained: bool = False) -> None:
        """Take one message; one that cannot be read is counted and changes nothing."""
        if not retained:
            self.rate.count(at)
        owner, _, leaf = topic.removeprefix(f"{self.base}/").partition("/")
        try:
            if owner == _BRIDGE:
                self._receive_bridge(leaf, payload)
            else:
                self._receive_machine(owner, leaf, payload, at, retained=retained)
        except Unreadable:
            self.unreadable += 1

    def standing(self, machine: MachineView, at: float) -> Standing:
        """Return whether what is shown about a machine can be believed."""
        if not self.connected:
            return Standing("no broker", "what is shown is old")
        if self.bridge_availability == "offline":
            return Standing("offline", "the bridge is not running")
        if machine.availability is None:
            return Standing("unheard", "no word about it yet")
        if machine.availability == "online" and machine.silence_s(at) > MOTION_MAX_AGE_S:
            return Standing("silent", "called online, but nothing comes")
        absent = machine.availability != "online"
        why = why_absent(machine.links, machine.id) if absent else ""
        return Standing(machine.availability, why=why)

    def complete(self) -> bool:
        """Say whether everything is known that one look at the bridge needs."""
        if self.bridge_availability is None or self.bridge_version is None:
            return False
        running = self.bridge_availability == "online"
        return all(
            machine.heard_at is not None
            if running and machine.availability == "online"
            else machine.availability is not None
            for machine in self.shown
        )

    def _receive_bridge(self, leaf: str, payload: bytes) -> None:
        if leaf == "availability":
            self.bridge_availability = read_availability(payload)
            for machine in self.machines.values():
                machine.bridge_runs = self._bridge_runs
        elif leaf == "info":
            self._receive_info(read_document(payload))

    def _receive_info(self, info: Document) -> None:
        rows = [(self._machine(row.text("id") or ""), row) for row in info.parts("machines")]
        self.bridge_version = info.text("version") or "?"
        for machine in self.machines.values():
            machine.listed = False
        for machine, row in rows:
            machine.listed = True
            machine.name = row.text("name") or machine.id
            machine.kind = row.text("kind") or ""

    def _receive_machine(
        self, owner: str, leaf: str, payload: bytes, at: float, *, retained: bool
    ) -> None:
        machine = self._machine(owner)
        if leaf == "availability":
            machine.availability = read_availability(payload)
        elif leaf == "link":
            machine.receive_links(read_document(payload))
        elif leaf == "live":
            machine.receive_live(read_document(payload), at)
        elif leaf == "state":
            machine.receive_state(read_document(payload), at, retained=retained)
        elif leaf == "session/last":
            machine.last_session = read_summary(read_document(payload))
        elif leaf == "event":
            self._tell(machine, happening(read_document(payload)), at)
        elif leaf == "result":
            self._tell(machine, refusal(read_document(payload)), at)

    def _tell(self, machine: MachineView, text: str, at: float) -> None:
        if not text:
            return
        self._happenings += 1
        machine.happenings.append(Happening(self._happenings, at, text))

    def _machine(self, machine_id: str) -> MachineView:
        """Return the view of a machine, a new one if needed.

        Raises Unreadable for an id that no machine can have, or when there are too many.
        """
        known = self.machines.get(machine_id)
        if known is not None:
            return known
        if not MACHINE_ID.fullmatch(machine_id) or len(self.machines) >= MACHINES_AT_MOST:
            raise Unreadable(machine_id)
        made = MachineView(machine_id, bridge_runs=self._bridge_runs)
        return self.machines.setdefault(machine_id, made)

    @property
    def _bridge_runs(self) -> bool:
        return self.bridge_availability != "offline"
