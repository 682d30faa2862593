"""A central for tests: the other end of the virtual radio, with real ATT bytes between."""

from __future__ import annotations

from bumble import core, device, gatt_client, hci, host

from ftms_bridge.simulator.air import Air


class Central:
    """One program with an adapter; ``lost`` holds the reasons of lost links."""

    def __init__(self, air: Air, address: str = "F0:F1:F2:F3:F4:F5") -> None:
        source, sink = air.plug("central")
        self.controller = source
        self.device = device.Device(
            name="central", address=hci.Address(address), host=host.Host(source, sink)
        )
        self.device.classic_enabled = False
        self.device.on("advertisement", self._heard)
        self.device.on("connection", self._linked)
        self.adverts: list[device.Advertisement] = []
        self.lost: list[int] = []
        self.got: list[tuple[int, bytes]] = []
        self.peer: device.Peer

    async def start(self) -> Central:
        await self.device.power_on()
        return self

    async def connect(self, address: str, **options: object) -> device.Connection:
        """Connect and discover everything."""
        connection = await self.device.connect(hci.Address(address), **options)  # type: ignore[arg-type]
        self.peer = device.Peer(connection)
        await self.discover()
        return connection

    async def discover(self) -> dict[int, list[int]]:
        """Return the characteristics by service, as found on the air."""
        found: dict[int, list[int]] = {}
        await self.peer.discover_services()
        for service in self.peer.services:
            await service.discover_characteristics()
            found[number(service.uuid)] = [number(one.uuid) for one in service.characteristics]
        return found

    def characteristic(self, wanted: int) -> gatt_client.CharacteristicProxy[bytes]:
        uuid = core.UUID.from_16_bits(wanted)
        return self.peer.get_characteristics_by_uuid(uuid)[0]

    async def subscribe(self, wanted: int) -> None:
        def note(value: bytes) -> None:
            self.got.append((wanted, bytes(value)))

        await self.characteristic(wanted).subscribe(note)

    async def read(self, wanted: int) -> bytes:
        return bytes(await self.characteristic(wanted).read_value())

    async def write(self, wanted: int, data: bytes) -> None:
        await self.characteristic(wanted).write_value(data, with_response=True)

    def values(self, wanted: int) -> list[bytes]:
        return [data for one, data in self.got if one == wanted]

    def _linked(self, connection: device.Connection) -> None:
        connection.on("disconnection", self.lost.append)

    def _heard(self, advertisement: device.Advertisement) -> None:
        self.adverts.append(advertisement)


def number(uuid: core.UUID) -> int:
    return int.from_bytes(uuid.to_bytes()[:2], "little")
