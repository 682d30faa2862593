"""A virtual Bluetooth controller that does what a real one does where the library's falls short.

Each override names the difference it closes. Everything happens on the running event loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from bumble import hci, ll
from bumble.controller import Connection, Controller, LegacyAdvertiser
from bumble.link import LocalLink

LINK_LOSS: Final = 0x08
"""Connection timeout (Core Specification, Vol 1, Part F, 2.8)."""

REMOTE_ENDED: Final = 0x13
"""Remote user terminated the connection (the same, 2.18)."""

NEVER_BEGAN: Final = 0x3E
"""Connection failed to be established (the same, 2.62)."""

SLOT_S: Final = 0.000_625
"""Unit of the advertising interval (Core Specification, Vol 4, Part E, 7.8.5)."""

LEAST_INTERVAL_S: Final = 0.02
"""Shortest advertising interval of the Core Specification (the same)."""

ACTIVE_SCAN: Final = 1

PACKET_BYTES: Final = 251
"""Largest data packet with the length extension (Core Specification, Vol 6, Part B, 4.5.10)."""

LACKING: Final = (
    hci.LeFeatureMask.LL_PRIVACY
    | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
)
"""Announced by the library's controller but only half done: hosts that use them wait in vain."""


MOST_REPORTS: Final = 256
"""Reports kept ready for the next time; house choice."""

USUAL_RSSI_DBM: Final = -50
"""Strength of an advert from a few metres away; house choice."""


class Medium(LocalLink):
    """What a controller is on: it also knows how strong each address is heard."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def rssi_dbm(self, address: hci.Address) -> int:
        """Return how strong the adverts of this address are heard, in dBm."""
        return USUAL_RSSI_DBM


@dataclass
class ScannableAdv(ll.AdvInd):
    """An advert, and what the sender would answer to a scan request."""

    scan_response: bytes = b""


@dataclass
class AirAdvertiser(LegacyAdvertiser):
    """Advertises at the interval that was asked for, and keeps the scan response apart."""

    def _on_timer_fired(self) -> None:
        self.send_advertising_data()
        interval_s = max(self.advertising_interval_min * SLOT_S, LEAST_INTERVAL_S)
        loop = asyncio.get_running_loop()
        self.timer_handle = loop.call_later(interval_s, self._on_timer_fired)

    def send_advertising_data(self) -> None:
        """Send one advert, with the scan response beside it; nothing while stopped."""
        if self.enabled:
            self.controller.send_advertising_pdu(
                ScannableAdv(self.address, self.advertising_data, self.scan_response_data)
            )


class AirController(Controller):
    """One adapter or peripheral on the air."""

    le_features = Controller.le_features & ~LACKING
    le_acl_data_packet_length = PACKET_BYTES

    def __init__(self, name: str, *, medium: Medium, public_address: str) -> None:
        super().__init__(name, link=medium, public_address=public_address)
        self._medium = medium
        self._reports: dict[tuple[str, bytes, bytes | None, int], bytes] = {}
        self.le_legacy_advertiser = AirAdvertiser(self)

    @property
    def listens(self) -> bool:
        """Return whether an advert would reach anybody here."""
        return self.le_scan_enable or self.pending_le_connection is not None

    def on_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Take a packet of the host; the library would describe each in words for its log."""
        if isinstance(packet, hci.HCI_AclDataPacket):
            self.on_hci_acl_data_packet(packet)
        elif isinstance(packet, hci.HCI_Command):
            self.on_hci_command_packet(packet)

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Send a packet to the host; nothing while there is none."""
        if self.host is not None:
            asyncio.get_running_loop().call_soon(self.host.on_packet, bytes(packet))

    def send_advertising_pdu(self, packet: ll.AdvertisingPdu) -> None:
        """Send a packet on the advertising channels."""
        self._medium.send_advertising_pdu(self, packet)

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Give up the pending connection, and say so with the event that hosts wait for."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        # after the reply to the command, which goes out when this has returned
        asyncio.get_running_loop().call_soon(self._say_cancelled, pending.peer_address)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def _say_cancelled(self, peer_address: hci.Address) -> None:
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=peer_address.address_type,
                peer_address=peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )

    def on_hci_reset_command(
        self, command: hci.HCI_Reset_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Forget everything of the host before: links, adverts, scan, pending connection."""
        self.forget()
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def forget(self) -> None:
        """Stop adverts and scan, end every link: the other ends see a link loss at once."""
        self.le_legacy_advertiser.stop()
        self.le_scan_enable = False
        self.pending_le_connection = None
        for connection in tuple(self.le_connections.values()):
            connection.send_ll_control_pdu(ll.TerminateInd(LINK_LOSS))
        self.le_connections.clear()

    def lose(self, connection: Connection, reason: int) -> None:
        """Report the end of this link to the host, unless it has ended already."""
        if self.le_connections.get(connection.peer_address) is connection:
            self.on_le_disconnected(connection, reason)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report an advert, and its scan response to a host that scans actively; then connect."""
        if self.le_scan_enable and self.host is not None:
            asyncio.get_running_loop().call_soon(self.host.on_packet, self._report_of(pdu))
        pending = self.pending_le_connection
        if pending is not None and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _report_of(self, pdu: ll.AdvInd | ll.AdvExtInd) -> bytes:
        """Return the packet that reports an advert; the same ones come again and again."""
        address, rssi_dbm = pdu.advertiser_address, self._medium.rssi_dbm(pdu.advertiser_address)
        asked = isinstance(pdu, ScannableAdv) and self.le_scan_type == ACTIVE_SCAN
        response = pdu.scan_response if isinstance(pdu, ScannableAdv) and asked else None
        key = (str(address), pdu.data, response, rssi_dbm)
        known = self._reports.get(key)
        if known is None:
            if len(self._reports) >= MOST_REPORTS:
                self._reports.clear()
            known = self._reports[key] = _report(address, pdu.data, response, rssi_dbm)
        return known


def _report(address: hci.Address, data: bytes, response: bytes | None, rssi_dbm: int) -> bytes:
    """Return the event with the advert and, unless None, the answer to a scan request."""
    event = hci.HCI_LE_Advertising_Report_Event
    parts = [(event.EventType.ADV_IND, data)]
    if response is not None:
        parts.append((event.EventType.SCAN_RSP, response))
    reports = [
        event.Report(
            event_type=kind,
            address_type=address.address_type,
            address=address,
            data=part,
            rssi=rssi_dbm,
        )
        for kind, part in parts
    ]
    return bytes(event(reports))
