"""Who looks, as far as that is known, and when they looked before.

Whoever is signed in is known by name. Otherwise a browser is told from another by a random name that history.js gave
it, with the second in which it did; it says nothing about a person.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from dataclasses import dataclass

import streamlit as st

from opsmetrics.store import VISIT_PAUSE, Store, StoreError, look

_LOG = logging.getLogger("opsmetrics.ui")
_READER, _LOOK = "reader", "look"
_COOKIE = "opsmetrics_reader"
_NAMED = re.compile(r"[0-9a-f]{32}\.\d{10}")

#: A reader who stays is noted once in this time: no rerun writes.
_NOTED = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class _Look:
    """When this session was noted last, and the last look of the visit before."""

    at: dt.datetime
    before: dt.datetime | None


def last_visit(store: Store) -> dt.datetime | None:
    """When the reader looked before this visit (naive UTC), None where nobody knows. Notes that they look now."""
    if _READER not in st.session_state:  # a session has one reader, and to ask costs more than all the rest
        st.session_state[_READER] = _who()
    who = str(st.session_state[_READER])
    if not who:
        return None
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    held: _Look | None = st.session_state.get(_LOOK)
    if held is None or not dt.timedelta() <= now - held.at < _NOTED:
        held = st.session_state[_LOOK] = _Look(now, _noted(store, who, now) or (held.before if held else None))
    return held.before


def _noted(store: Store, who: str, now: dt.datetime) -> dt.datetime | None:
    name, _, second = who.partition(".") if _NAMED.fullmatch(who) else (who, "", "")
    try:
        before = look(store, name, now)
    except StoreError as error:  # the page is answered also where this cannot be kept, as on a full disk
        _LOG.warning("That somebody looks at Today could not be noted, so their next visit begins earlier. %s", error)
        before = None
    if before is None and second:
        met = dt.datetime.fromtimestamp(int(second), dt.UTC).replace(tzinfo=None)
        return met if now - met > VISIT_PAUSE else None
    return before


def _who() -> str:
    """The name of whoever is signed in, else the browser's own, "" where it has none yet."""
    told = st.user.to_dict()
    if told.get("is_logged_in"):
        return str(told.get("email") or told.get("sub") or "")
    cookie = str(st.context.cookies.get(_COOKIE, ""))
    return cookie if _NAMED.fullmatch(cookie) else ""
