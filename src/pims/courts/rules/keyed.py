"""Which orders a paper can be that was recorded as a warrant or a release order. Pure."""

from functools import cache

from pims.jurisdictions.order_kinds import order_kinds


@cache
def kinds_of_warrant(warrant: str) -> tuple[str, ...]:
    """Codes of the kinds of order that become a warrant of this kind, as they are offered."""
    return tuple(one.code for one in order_kinds().values() if one.warrant == warrant)


@cache
def kinds_of_release(release: str) -> tuple[str, ...]:
    """Codes of the kinds of order that become a release order of this kind."""
    return tuple(one.code for one in order_kinds().values() if one.release == release)
