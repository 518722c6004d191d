"""Where messages may be pushed to: https, to the outside, and nowhere within. Pure.

Whoever may write an address could otherwise have this machine ask others of our own network for
them. So every address that a name stands for is judged, at every connection, and the connection is
made to the very address that was judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from pims.kernel.reasons import Reason

LONGEST = 500
_NAT64 = IPv6Network("64:ff9b::/96")
# Counted as global by some: site-local, for documents, and what led out of 6to4.
_NOWHERE = (
    IPv6Network("fec0::/10"), IPv6Network("3fff::/20"), IPv4Network("192.88.99.0/24"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AllowedNetwork:
    """A network within that an administrator allows; `plain` also without TLS."""

    network: IPv4Network | IPv6Network
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    scheme: str
    host: str
    port: int

    @property
    def plain(self) -> bool:
        return self.scheme == "http"


def network(text: str) -> IPv4Network | IPv6Network:
    """Raises ValueError for what is no network, or has bits beyond its mask."""
    return ip_network(text.strip())


def target_of(url: str) -> tuple[Target | None, Reason | None]:
    """What an address names, or why it cannot be one of an endpoint.

    A name beyond ASCII is written as the name service has it (``xn--…``).
    """
    if len(url) > LONGEST or any(not "!" <= c <= "~" for c in url):
        return None, Reason("exchange.url_form")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None, Reason("exchange.url_form")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return None, Reason("exchange.url_https")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return None, Reason("exchange.url_secrets")
    if port == 0 or not all(0 < len(label) < 64 for label in _labels(parts.hostname)):
        return None, Reason("exchange.url_form")
    return Target(
        parts.scheme, parts.hostname, port or (80 if parts.scheme == "http" else 443)
    ), None


def _labels(host: str) -> list[str]:
    """The parts of a name, without the dot that may end it."""
    return host.removesuffix(".").split(".")


def refuse_address(
    address: str, allowed: Iterable[AllowedNetwork], *, plain: bool
) -> Reason | None:
    """Why nothing is sent to this IP address; None where it may be."""
    try:
        found = _plainly(ip_address(address.partition("%")[0]))
    except ValueError:
        return Reason("exchange.address_form")
    inside = [one for one in allowed if found.version == one.network.version
              and found in one.network]  # fmt: skip
    if plain:
        return None if any(one.plain for one in inside) else Reason("exchange.url_https")
    if inside or _outside(found):
        return None
    return Reason("exchange.address_within", {"address": str(found)})


def _plainly(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, where it stands for one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _outside(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_loopback
        and not address.is_link_local
        and not address.is_unspecified
        and not any(address in one for one in _NOWHERE if one.version == address.version)
    )
