"""A Pareto in words: its headline, whether the leaders really differ, what rose and what fell.

Names arrive as they are stored and leave as text; "" is an event without a category.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Any

from opsmetrics.catalog import Stream
from opsmetrics.stats.pareto import Leaders, Pareto, no_leader
from opsmetrics.stats.pareto_change import Changes
from opsmetrics.verdict import wording
from opsmetrics.verdict.languages import language as _language
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.rendering import render

#: Up to this part of all categories the vital ones are few.
FEW = 0.5
#: Among fewer categories than this, two vital ones are named.
MANY = 5


def headline(
    result: Pareto, stream: Stream, called: str, measure: str, span: tuple[dt.date, dt.date], language: str = "en"
) -> str:
    """The verdict that opens the page: "Three of eleven reasons make 71 % of stops."

    `called` is what a bar is ("Reason"), `span` the first and the last day.
    """
    return render((_headline(result, stream, called, measure, span, language),), language)


def _headline(
    result: Pareto, stream: Stream, called: str, measure: str, span: tuple[dt.date, dt.date], language: str
) -> Sentence:
    first, last = (wording.date(day, language=language) for day in span)
    unit = stream.unit
    if not result.categories:
        ends = {"first": first, "last": last, "unit": unit, "measure": measure_word(measure, language).lower()}
        return Sentence("pareto_none" if measure == "count" else "pareto_nothing", ends)
    leader = told(result.table["name"].iloc[0], language)
    one = noun(called)
    if result.categories == 1:
        if measure == "count" and result.total == 1:
            return Sentence("pareto_first", {"name": leader})
        total = amount(result.total, stream, measure, language)
        of = {"total": f"{total} {unit}" if measure == "count" else total, "one": one, "name": leader}
        return Sentence("pareto_single", of)
    values: dict[str, Any] = {"one": one, "many": many(one), "n": result.categories, "k": result.vital, "name": leader}
    values |= {"share": share(result.vital_share, language), "what": what(stream, measure, language)}
    if measure == "count" and no_leader(result):
        return Sentence("pareto_level", values)
    if result.vital == 1:
        return Sentence("pareto_alone", values)
    if result.vital == 2 and result.categories < MANY:
        return Sentence("pareto_two", values | {"second": told(result.ranking["name"].iloc[1], language)})
    return Sentence("pareto_few" if result.vital <= FEW * result.categories else "pareto_many", values)


def lead(
    result: Pareto,
    leaders: Leaders,
    changes: Changes | None,
    stream: Stream,
    called: str,
    measure: str,
    language: str = "en",
) -> str:
    """One or two sentences below the headline: is the leader really ahead, and what really changed."""
    said = [_leading(result, leaders, stream, measure, language)] if result.categories > 1 else []
    if changes is not None and changes.tested:
        said += _changed(changes, called, language)
    return render(said, language)


def _leading(result: Pareto, leaders: Leaders, stream: Stream, measure: str, language: str) -> Sentence:
    top = result.ranking.iloc[:2]
    a, b = (told(text, language) for text in top["name"])
    x, y = (amount(value, stream, measure, language) for value in top["amount"])
    if leaders.leader_p is None:
        return Sentence("pareto_unsure", {"a": a})
    return Sentence("pareto_leads" if leaders.leads else "pareto_tie", {"a": a, "b": b, "x": x, "y": y})


def _changed(changes: Changes, called: str, language: str) -> list[Sentence]:
    found = {
        word: [told(text, language) for text in changes.table.loc[changes.table["verdict"] == word, "name"]]
        for word in ("rose", "fell")
    }
    said = [Sentence(f"pareto_{word}", {"names": names}) for word, names in found.items() if names]
    if not said:
        return [Sentence("pareto_unchanged", {"one": noun(called)})]
    return [*said, Sentence("pareto_rest")] if sum(map(len, found.values())) < changes.tested else said


# Names


def name(text: str, language: str = "en") -> str:
    """A category as people read it; an event without one is "none recorded"."""
    return text or term("none", language)


def told(text: str, language: str = "en") -> str:
    """A category inside a sentence: what could be read as a number or as a word of the sentence stands in quotes."""
    word = name(text, language)
    bare = not any(sign.isalpha() for sign in word) or word.casefold() in _language(language).no_names
    return term("quoted", language, name=word) if bare else word


def noun(called: str) -> str:
    """The name of a kind of category inside a sentence: "Reason" is "reason", "SKU" and "HTTP code" stay."""
    return called if called[1:2].isupper() else called[:1].lower() + called[1:]


def many(word: str) -> str:
    """The plural of an English noun; of "phase of flight" its head; species and series stay."""
    head, of, rest = word.partition(" of ")
    if head.endswith(("ies", "data")):
        return word
    if head.endswith("y") and not head.endswith(("ay", "ey", "oy", "uy")):
        return f"{head[:-1]}ies{of}{rest}"
    return f"{head}{'es' if head.endswith(('s', 'x', 'z', 'ch', 'sh')) else 's'}{of}{rest}"


def what(stream: Stream, measure: str, language: str = "en") -> str:
    """What the shares are shares of: "stops", "the minutes"."""
    if measure == "count":
        return stream.unit
    return _word("what", measure, language).format(unit=stream.unit)


def measure_word(measure: str, language: str = "en") -> str:
    """The name of a measure: "Minutes"."""
    return _word("measure", measure, language)


def term(code: str, language: str = "en", **values: object) -> str:
    """A word of the page, with its values put in."""
    return _word("term", code, language).format(**values)


def how(code: str, language: str = "en", **values: object) -> str:
    """How something was tested, in words."""
    return _word("how", code, language).format(**values)


def caveat(code: str, language: str = "en", **values: object) -> str:
    """What limits the answer, in words."""
    return _word("caveat", code, language).format(**values)


def lacking(n: int, of: int, stream: Stream, measure: str, names: Sequence[str], language: str = "en") -> str:
    """How many events lack a measure, and which bars they would belong to."""
    shown = [told(text, language) for text in names]
    values = {"n": wording.number(n, language=language), "rows": wording.number(of, language=language)}
    values |= {"unit": stream.unit, "measure": measure_word(measure, language).lower()}
    code = "without_minutes" if measure == "minutes" else "without"
    return caveat(code, language, names=_language(language).listed(shown), **values)


def change_word(code: str, language: str = "en") -> str:
    """The verdict of a change: "Rose"."""
    return _word("change", code, language)


def _word(table: str, code: str, language: str) -> str:
    return wording.words(f"pareto.{table}", code, _language(language))


# Numbers


def amount(x: float, stream: Stream, measure: str, language: str = "en", *, unit: bool = True) -> str:
    """An amount with the unit it needs: "452", "1,204 min", "18,300 €"."""
    text = wording.number(x, _decimals(x), language)
    sign = {"minutes": "min", "cost": stream.cost_unit}.get(measure, "")
    return text + (wording.unit_text(sign) if unit else "")


def _decimals(x: float) -> int:
    return 0 if not math.isfinite(x) or abs(x) >= 100 or float(x).is_integer() else 1


def signed(x: float, language: str = "en", decimals: int | None = None) -> str:
    """A change with its sign: "+121", "−13"."""
    text = wording.number(x, _decimals(x) if decimals is None else decimals, language)
    return f"+{text}" if x > 0 and any(sign in "123456789" for sign in text) else text


def could_be(low: float, high: float, language: str = "en") -> str:
    """The interval of a change, rounded outward: "+65 to +177". An end that is not 0 never looks like 0."""
    decimals = 0 if max(abs(low), abs(high)) >= 10 else 1
    while decimals < 3 and any(0 < end < 0.5 * 10**-decimals for end in (abs(low), abs(high))):
        decimals += 1
    while decimals < 3 and (low > 0) != (_outward(low, math.floor, decimals) > 0):
        decimals += 1
    while decimals < 3 and (high < 0) != (_outward(high, math.ceil, decimals) < 0):
        decimals += 1
    ends = _outward(low, math.floor, decimals), _outward(high, math.ceil, decimals)
    texts = [signed(end, language, decimals) for end in ends]
    return f"{texts[0]} {term('to', language)} {texts[1]}"


def _outward(x: float, rounding: Callable[[float], int], decimals: int) -> float:
    """Rounded away from the middle of the interval; the noise of computing is no reason to go a step further."""
    return float(rounding(round(x * 10**decimals, 6)) / 10**decimals)


def share(x: float, language: str = "en") -> str:
    """A share in whole per cent; what is not all is never "100 %", what is not nothing never "0 %"."""
    unit = wording.unit_text("%")
    if 0 < x < 0.005:
        return f"<{wording.NBSP}1{unit}"
    if 0.995 <= x < 1 - 1e-9:
        return f">{wording.NBSP}99{unit}"
    return wording.number(100 * x, 0, language) + unit


def chance(p: float, language: str = "en") -> str:
    """A probability as people read it: "less than 0.1 %", "3.2 %"."""
    if p < 0.001:
        return f"less than {wording.number(0.1, 1, language)}{wording.unit_text('%')}"
    return wording.number(100 * p, 1 if p < 0.1 else 0, language) + wording.unit_text("%")


def days(x: float, language: str = "en") -> str:
    """A length in days: "28 days", "27.5 days"."""
    return f"{wording.number(x, _decimals(round(x, 1)), language)} {wording.period_word(round(x, 1), 'day', language)}"


def leaders_said(leaders: Leaders, language: str = "en") -> Sequence[str]:
    """How the leaders were compared, one sentence each."""
    if leaders.leader_p is None or leaders.all_p is None:
        return (how(leaders.method, language),)
    first = how(leaders.method, language, p=chance(leaders.leader_p, language))
    if len(leaders.names) < 3:
        return (first,)
    code = f"all_{leaders.method}"
    return (first, how(code, language, k=len(leaders.names), p=p_text(leaders.all_p, language)))


def changes_said(changes: Changes, language: str = "en") -> Sequence[str]:
    """How the two periods were compared, one sentence each."""
    after, before = days(changes.days_after, language), days(changes.days_before, language)
    confidence = wording.number(100 * changes.confidence, language=language) + wording.unit_text("%")
    said = [how(f"change_{changes.method}", language, confidence=confidence)]
    said.append(how("exposure", language, after=after, before=before))
    if changes.tested > 1:
        said.append(how("holm", language, m=changes.tested))
    return (*said, *changes.warnings)


def p_text(p: float, language: str = "en") -> str:
    """A p-value: "p < 0.001", "p = 0.04"."""
    if p < 0.001:
        return f"p < {wording.number(0.001, 3, language)}"
    return f"p = {wording.number(p, 3 if p < 0.01 else 2, language)}"
