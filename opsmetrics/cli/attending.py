"""decide seen, snooze, open: what somebody says about the open signal of a KPI; no verdict follows from it."""

from __future__ import annotations

import argparse

from opsmetrics.catalog import AttentionKind
from opsmetrics.cli import desks
from opsmetrics.cli.console import Console, Refused
from opsmetrics.store import attend, attention
from opsmetrics.verdict import news_words

#: The words of the command line, by what they say.
KINDS: dict[str, AttentionKind] = {"seen": "seen", "snooze": "snoozed", "reopen": "open"}


def say(given: argparse.Namespace, console: Console) -> int:
    """Keep one word about the signal that is open now, and tell what stands beside it from now on."""
    with desks.opened(given) as desk:
        kpi = desks.kpi_of(desk.catalog, given.kpi)
        shown = desk.review(kpi.key, desks.slice_in(desk, kpi, given.slice))
        until = getattr(given, "until", None)
        try:
            said = shown.attention(KINDS[given.kind], by=desks.person(given), why=given.why, until=until)
        except ValueError as error:
            raise Refused(str(error)) from error
        if until is not None and until <= shown.series.as_of.date():
            raise Refused(f"--until {until} is not to come: name a later day, on which the signal is to be back.")
        number = attend(desk.store, said)
        kept = next(each for each in attention(desk.store) if each.id == number)
        standing = shown.standing([kept])
    assert kept.at is not None  # the store gives each word its time
    text = news_words.attention(standing, kept.at) if standing else "Nothing stands beside this signal any more."
    if console.as_json:
        told = {"kind": kept.kind, "side": kept.side, "since": kept.start_label, "by": kept.by, "why": kept.why}
        console.answer({"kpi": kpi.key, "slice": dict(kept.slice), **told, "until": until and until.isoformat()})
    else:
        console.say(f"{shown.name}: {text}")
    return 0
