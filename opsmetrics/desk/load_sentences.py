"""What today's load says: one line for a volume, and beside it what of it goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opsmetrics.catalog import slice_text
from opsmetrics.desk.load import Load, Part, Volume
from opsmetrics.desk.load_words import say
from opsmetrics.verdict import wording


def name(found: Load) -> str:
    """What comes, and for which slice: "Attendances · Sample clinic West"."""
    noun = found.noun
    return " · ".join(part for part in (noun[:1].upper() + noun[1:], slice_text(found.review.series.slice)) if part)


def waiting(count: int, of: int) -> str:
    """That landings and loads of so many rows are still to come."""
    return say("waiting", n=wording.number(count), of=wording.number(of))


def volume(found: Load) -> str:
    """ "today 139 (120–158), 12 so far; this week 980 (930–1,030), 151 so far"."""
    closed = found.today.volume is None
    today = say("closed") if closed else _amount("today", found.today.volume)
    return "; ".join(part for part in (today, _amount("week", found.week.volume)) if part)


def wrong(group: Sequence[Load]) -> str:
    """What of it goes wrong, by each KPI that counts it: "waits over four hours today 7 (3–11); this week 49"."""
    return " · ".join(text for found in group if (text := _wrong(found)))


def title() -> str:
    """The heading."""
    return say("title")


def note() -> str:
    """What the figures are, in a line."""
    return say("note")


def as_dict(found: Load | None) -> dict[str, Any] | None:
    """The load as plain values; None where there is none."""
    if found is None:
        return None
    return {"counts": found.noun, "today": _plain(found.today), "week": _plain(found.week), "missed": found.missed}


def _plain(part: Part) -> dict[str, Any]:
    return {"volume": _values(part.volume), "wrong": _values(part.wrong)}


def _values(found: Volume | None) -> dict[str, float] | None:
    return (
        None
        if found is None
        else {"so_far": found.so_far, "likely": found.likely, "low": found.low, "high": found.high}
    )


def _wrong(found: Load) -> str:
    parts = [
        _amount(when, part.wrong, so_far=when == "today")
        for when, part in (("today", found.today), ("week", found.week))
        if part.wrong is not None
    ]
    kpi = found.review.kpi
    told = "; ".join(parts)
    return say("missed" if found.missed else "wrong", name=kpi.numerator or kpi.name, parts=told) if told else ""


def _amount(when: str, found: Volume | None, *, so_far: bool = True) -> str:
    if found is None:
        return ""
    likely, low, high = (wording.number(x, 0) for x in (found.likely, found.low, found.high))
    told = say("part" if low == high else "part_range", when=say(when), likely=likely, low=low, high=high)
    return told + (say("so_far", so_far=wording.number(found.so_far, 0)) if so_far and found.so_far else "")
