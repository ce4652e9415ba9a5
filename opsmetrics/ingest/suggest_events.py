"""An event file recognised by its names: only where a stream of the catalogue calls its category as a column does."""

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.catalog import Catalog, Stream
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.synonyms import EVENTS

#: Roles whose wrong guess would change what an event is: a person confirms them unless the role's own name is used.
_CONFIRMED = ("reference", "count")


def stream_for(headers: Mapping[str, str], catalog: Catalog) -> Stream | None:
    """The only stream whose category is called as one of these columns; `headers`: folded name → header."""
    found = [stream for stream in catalog.streams if fold(stream.category) in headers]
    return found[0] if len(found) == 1 else None


def event_roles(headers: Mapping[str, str], stream: Stream) -> dict[str, tuple[str, bool]]:
    """Header → its role, and whether that is certain."""
    found = {headers[fold(stream.category)]: ("category", True)}
    if fold(stream.subcategory) in headers:
        found.setdefault(headers[fold(stream.subcategory)], ("subcategory", True))
    held = {role for role, _ in found.values()}
    for role, words in EVENTS.items():
        named = next((headers[word] for word in words if word in headers and headers[word] not in found), None)
        if named is not None and role not in held:
            found[named] = (role, role not in _CONFIRMED or fold(named) == role)
    if {"minutes", "end"} <= {role for role, _ in found.values()}:
        found = {header: given for header, given in found.items() if given[0] != "end"}
    return found
