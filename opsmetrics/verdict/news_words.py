"""The words around what is new to a reader: since when, came and went, seen and snoozed."""

from __future__ import annotations

import datetime as dt

from opsmetrics.verdict import wording
from opsmetrics.verdict.attention import Standing
from opsmetrics.verdict.budget import about
from opsmetrics.verdict.languages import language as _language
from opsmetrics.verdict.wording import words


def window(code: str, language: str = "en", *, then: bool = False) -> str:
    """A stretch of time whose news are asked for: "Last visit", "Yesterday", "Last shift", "Last week"; then: it ends
    on an earlier day ("Day before")."""
    return _word(language, f"{code}_then" if then and code in ("day", "week") else code)


def near_day(days: int, language: str = "en") -> str:
    """Today or yesterday, by how many days ago it was."""
    return _word(language, "yesterday" if days else "today")


def new_since(since: str, language: str = "en") -> str:
    """From when on news are told: "since yesterday"."""
    return _word(language, "since").format(since=since)


def met(since: str, *, first: bool, language: str = "en") -> str:
    """The same; first: why so, of a reader who was not here before."""
    return _word(language, "first").format(since=since) if first and since else since


def over_title(language: str = "en") -> str:
    """The title of the signals that are new and over again."""
    return _word(language, "title")


def over_why(since: str, language: str = "en") -> str:
    """The line that explains it."""
    return _word(language, "why").format(since=since)


def detected(label: str, language: str = "en") -> str:
    """In which period a signal was detected: "detected 27 Nov 2026"."""
    return _word(language, "detected").format(label=label)


def fresh(language: str = "en") -> str:
    """The word beside a signal that is new to the reader."""
    return _word(language, "fresh")


def now_is(word: str, language: str = "en") -> str:
    """The state of now, beside a signal that is over: "now: Stable"."""
    return _word(language, "now").format(word=word)


def news(ending: str, label: str, language: str = "en") -> str:
    """One of the news in a line of a table: "came and went, detected 27 Nov 2026"."""
    return _word(language, ending).format(label=label)


def calm(since: str, expected: float, language: str = "en") -> str:
    """A morning without news: "No signal since yesterday; about 0.6 would come by chance." since: as `new_since`."""
    return _word(language, "calm").format(since=since, about=about(expected, language))


def order(*, newest: bool, language: str = "en") -> str:
    """In which order signals stand."""
    return _word(language, "by_date" if newest else "by_weight")


def weight(total: float, language: str = "en") -> str:
    """The rank of a signal in figures: "weight 8.3"."""
    return _word(language, "weight").format(n=wording.number(total, 1, language))


def parts(direction: float, attention: float, surprise: float, volume: float, language: str = "en") -> str:
    """What the weight is made of."""
    given = {"direction": direction, "attention": attention, "surprise": surprise, "volume": volume}
    shown = {name: wording.number(value, 1, language) for name, value in given.items()}
    return _word(language, "parts").format(**shown)


def also(language: str = "en") -> str:
    """What leads the other parts of a KPI that share a card."""
    return _word(language, "also")


def whole(language: str = "en") -> str:
    """The whole KPI among its parts."""
    return _word(language, "whole")


def attention(standing: Standing, at: dt.datetime, language: str = "en") -> str:
    """What somebody said about a signal, and what became of it: "Seen by M. Okafor, 28 Nov 2026: tool 7 worn". at: when
    they said it, on the site's clock."""
    said = standing.said
    values = {
        "by": said.by,
        "at": wording.date(at, language=language),
        "until": wording.date(said.until, language=language) if said.until else "",
        "why": said.why,
        "rules": _language(language).listed([wording.rule(code, language) for code in standing.added] or [""]),
    }
    return words("attention", standing.state, _language(language)).format(**values)


def snoozed_title(language: str = "en") -> str:
    """The title of the signals that are out of sight for now."""
    return words("attention", "title", _language(language))


def snoozed_why(language: str = "en") -> str:
    """The line that explains it."""
    return words("attention", "why", _language(language))


def _word(language: str, code: str) -> str:
    return words("news", code, _language(language))
