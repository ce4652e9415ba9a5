"""The one place where numbers, dates and codes of a verdict become text, for every channel.

Values arrive in stored units (fractions for a proportion) and leave in the KPI's shown unit with its decimals. Signs:
U+2212 for minus, an en dash in ranges, a no-break space before units. What is not defined is shown as "–". The text is
plain: escaping it for markdown, HTML or SVG is the channel's work.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from opsmetrics import stats
from opsmetrics.catalog import Kpi
from opsmetrics.verdict.languages import language as _language
from opsmetrics.verdict.languages.model import Language

MINUS = "−"
DASH = "–"
NBSP = "\u00a0"

#: A number as sentences carry it: {"number": in the shown unit or None, "unit": text, "decimals": int}.
Quantity = dict[str, Any]


# Numbers


def number(x: float | None, decimals: int | None = None, language: str = "en") -> str:
    """A number with grouped thousands; without `decimals`, as many as it needs, at most three."""
    if x is None or not math.isfinite(x):
        return DASH
    tongue = _language(language)
    if decimals is None:
        decimals = _decimals_of(x, least=0, most=3)
    text = f"{abs(x):,.{decimals}f}".replace(",", "\0").replace(".", tongue.decimal).replace("\0", tongue.thousands)
    rounds_to_zero = not any(c in "123456789" for c in text)
    return text if x >= 0 or rounds_to_zero else MINUS + text


def quantity(kpi: Kpi, x: float | None, *, extra: int = 0) -> Quantity:
    """A stored value as a quantity in the KPI's shown unit, with `extra` decimals beyond its own."""
    shown = None if x is None or not math.isfinite(x) else float(x) * kpi.multiplier
    return {"number": shown, "unit": kpi.unit, "decimals": kpi.decimals + extra}


def quantity_text(q: Mapping[str, Any], language: str = "en") -> str:
    """A quantity as text: "21.4 %", "1 accident"."""
    text = number(q["number"], int(q["decimals"]), language)
    return text if text == DASH else text + unit_text(str(q["unit"]), text, language)


def unit_text(unit: str, after: str = "", language: str = "en") -> str:
    """The unit as it follows a number, with its no-break space ("" where there is none): "accident" after "1"."""
    return f"{NBSP}{noun(1, unit, language) if after == '1' else unit}" if unit else ""


def noun(n: float, name: str, language: str = "en") -> str:
    """What people call their counts, given in the plural, as it follows so many: "bed days", after 1 "bed day"."""
    tongue = _language(language)
    return name if tongue.plural(n) else tongue.one(name)


def amount(n: float, name: str | None, language: str = "en") -> str:
    """So many of what people count: "1,204 bed days", "1 bed day"; the number alone where it has no name."""
    return f"{number(n, language=language)} {noun(n, name, language)}" if name else number(n, language=language)


def value(kpi: Kpi, x: float | None, *, unit: bool = True, extra: int = 0, language: str = "en") -> str:
    """A stored value in the shown unit: `value(late_share, 0.2139)` is "21.4 %"; without its unit "21.4"."""
    q = quantity(kpi, x, extra=extra)
    return quantity_text(q if unit else {**q, "unit": ""}, language)


def limits(kpi: Kpi, low: float | None, high: float | None, *, unit: bool = False, language: str = "en") -> str:
    """A range of stored values: "15.1–19.8"; "−2.0 to 3.1" where a minus would meet the dash."""
    text = range_text(range_quantity(kpi, low, high), language)
    return text + unit_text(kpi.unit) if unit and text != DASH else text


def range_quantity(kpi: Kpi, low: float | None, high: float | None, *, extra: int = 0) -> Quantity:
    """Two stored values as one range in the shown unit: {"low", "high", "unit", "decimals"}."""
    lower, upper = quantity(kpi, low, extra=extra), quantity(kpi, high, extra=extra)
    return {"low": lower["number"], "high": upper["number"], "unit": kpi.unit, "decimals": kpi.decimals + extra}


def range_text(q: Mapping[str, Any], language: str = "en") -> str:
    """A range as text, without its unit; "–" where both ends are unknown."""
    low, high = (number(q[end], int(q["decimals"]), language) for end in ("low", "high"))
    if DASH in (low, high):
        return low if high == DASH else high
    word = f" {_words(language, 'term', 'to')} " if MINUS in low + high else DASH
    return f"{low}{word}{high}"


def counts(
    kpi: Kpi, numerator: float | None, denominator: float | None, *, named: bool = False, language: str = "en"
) -> str:
    """The counts behind a quotient: "38 of 412" for a part of a whole, "7 in 1,204" for a rate; with `named` "38 of 412
    orders", "7 falls in 1,204 bed days"; "" where there are none."""
    if numerator is None or denominator is None or not (math.isfinite(numerator) and math.isfinite(denominator)):
        return ""
    bottom = amount(denominator, kpi.denominator if named else None, language)
    if kpi.share:
        return f"{number(numerator, language=language)} {_words(language, 'term', 'of')} {bottom}"
    return f"{amount(numerator, kpi.numerator if named else None, language)} {_words(language, 'term', 'in')} {bottom}"


def readings(size: float | None, language: str = "en") -> str:
    """How many readings are behind a value: "5 readings"; "" where that is unknown."""
    if size is None or not math.isfinite(size):
        return ""
    return f"{number(size, language=language)} {_words(language, 'term', 'reading' if size == 1 else 'readings')}"


def behind(kpi: Kpi, row: Mapping[str, Any], language: str = "en") -> str:
    """What stands behind one point: the counts of a quotient, the readings of a measured value ("p90 of 312 readings").

    "" where nothing but the value itself is known: a count, or a value computed from other KPIs.
    """
    if kpi.kind == "derived":
        return ""
    if kpi.counts:
        return counts(kpi, row.get("numerator"), row.get("denominator"), named=True, language=language)
    text = readings(row.get("size"), language)
    if not text or kpi.statistic == "mean":
        return text
    if kpi.statistic != "share_within":
        return f"{_words(language, 'term', kpi.statistic)} {_words(language, 'term', 'of')} {text}"
    within = row.get("numerator")
    known = within is not None and math.isfinite(within)
    return f"{number(within, language=language)} {_words(language, 'term', 'of')} {text}" if known else text


def excess(kpi: Kpi, units: float | None, language: str = "en") -> str:
    """What an open episode came to beyond the centre line: "31 late orders above its average"; "" where unknown."""
    if units is None or not math.isfinite(units):
        return ""
    name = (kpi.numerator if kpi.counts else kpi.unit) or _words(language, "term", "units")
    side = _words(language, "side.above", "high" if units >= 0 else "low")
    shown = number(abs(units), 0 if abs(units) >= 10 else 1, language)
    return f"{shown} {name} {side} {_words(language, 'term', 'its_average')}"


# Targets


def target_quantity(kpi: Kpi, target: Mapping[str, float | None] | None) -> Quantity | None:
    """A target in stored units ({"low"}, {"high"}, both, or {"value"}) as a quantity in the shown unit.

    A target is never rounded: it keeps the decimals with which it was written. None where there is none.
    """
    if not target:
        return None
    ends = dict(target)
    if ends.get("value") is not None:
        ends["low" if kpi.better == "higher" else "high"] = ends["value"]
    low, high = (_unrounded(ends.get(end), kpi.multiplier) for end in ("low", "high"))
    if low is None and high is None:
        return None
    decimals = max(_decimals_of(x, least=kpi.decimals, most=9) for x in (low, high) if x is not None)
    return {"low": low, "high": high, "unit": kpi.unit, "decimals": decimals}


def target_text(q: Mapping[str, Any] | None, language: str = "en", *, unit: bool = True) -> str:
    """A target as text: "≤ 5.0 %", "≥ 97.0 %", "18–24 min"; "" for none."""
    if q is None:
        return ""
    unit_name = str(q["unit"]) if unit else ""
    low, high = q["low"], q["high"]
    if low is not None and high is not None and low != high:
        return range_text(q, language) + unit_text(unit_name)
    sign, x = ("", low) if low == high else (f"≤{NBSP}", high) if low is None else (f"≥{NBSP}", low)
    return sign + quantity_text({"number": x, "unit": unit_name, "decimals": q["decimals"]}, language)


def target(kpi: Kpi, target: Mapping[str, float | None] | None, *, unit: bool = True, language: str = "en") -> str:
    """A target in stored units as text, as in `target_text`."""
    return target_text(target_quantity(kpi, target), language, unit=unit)


def _unrounded(x: float | None, multiplier: float) -> float | None:
    """A stored bound in the shown unit, free of the noise of dividing and multiplying by the multiplier."""
    return None if x is None or not math.isfinite(x) else float(f"{x * multiplier:.12g}")


def _decimals_of(x: float, *, least: int, most: int) -> int:
    return next((d for d in range(least, most) if math.isclose(round(x, d), x, rel_tol=1e-12, abs_tol=1e-12)), most)


# Dates


def date(day: dt.date | dt.datetime, *, weekday: bool = False, language: str = "en") -> str:
    """A date: "16 Nov 2026", with its weekday "Mon 16 Nov 2026"."""
    tongue = _language(language)
    text = f"{day.day} {tongue.months[day.month - 1]} {day.year}"
    return f"{tongue.weekdays[day.weekday()]} {text}" if weekday else text


def instant(moment: dt.datetime, language: str = "en") -> str:
    """A date with its time of day: "16 Nov 2026, 05:31"."""
    return f"{date(moment, language=language)}, {moment:%H:%M}"


def periods(n: float, grain: str, language: str = "en") -> str:
    """A count with the word of its grain: "1 day", "3 months", "2 samples"."""
    return f"{number(n, language=language)} {period_word(n, grain, language)}"


def period_word(n: float, grain: str, language: str = "en") -> str:
    """The word of a grain that fits the count."""
    tongue = _language(language)
    return tongue.periods[grain][tongue.plural(n)]


# Words


def variation(code: str, side: str = "none", language: str = "en") -> str:
    """The word of a variation with its side: "Concerning, high", "Stable". Too few points have a side only where the
    last of them is an early warning: "Early warning, high"."""
    sided = code in ("concerning", "improving", "changed", "too_few") and side in ("high", "low")
    if not sided:
        return _words(language, "variation", code)
    word = _words(language, "variation", "early_warning" if code == "too_few" else code)
    return f"{word}, {_words(language, 'side', side)}"


def assurance(code: str, firm: bool = True, language: str = "en") -> str:
    """The word of an assurance; not firm: "Meets, as it has run so far"."""
    word = _words(language, "assurance", code)
    judged = code in ("meets", "fails", "hit_or_miss")
    return word if firm or not judged else f"{word}, {_words(language, 'term', 'so_far')}"


def data(code: str, names: Sequence[str] = (), language: str = "en") -> str:
    """The word of a data state, with the reporters behind it: "Partial: Line 3"."""
    word = _words(language, "data", code)
    return f"{word}: {_language(language).listed(list(names))}" if names and code != "fresh" else word


def verdict_id(id_: str, language: str = "en") -> str:
    """How the id of a verdict stands beside it; "" where there is none."""
    return f"{_words(language, 'label', 'verdict_id')} {id_}" if id_ else ""


def listed(names: Sequence[str], language: str = "en") -> str:
    """Names as an enumeration, at most three of them: "Line 1, Line 2 and Line 3"."""
    return _language(language).listed(list(names))


def stance(code: str, language: str = "en") -> str:
    """The title of a stance: "Find the cause"."""
    return _words(language, "stance", code)


def stance_why(code: str, firm: bool = True, language: str = "en", *, furthest: bool = False) -> str:
    """One line that explains a stance; that what moved is noise is said of a firm verdict only, and not of the largest
    departure so far."""
    table = "stance.furthest" if furthest else "stance.why" if firm else "stance.so_far"
    return _words(language, table if code in _language(language).words[table] else "stance.why", code)


def rule(code: str, language: str = "en") -> str:
    """A rule in words: "beyond its limits", "8 on one side"; one with lengths of its own by its pattern."""
    if code in _language(language).words["rule"]:
        return _words(language, "rule", code)
    own = stats.rule(code)
    text = _words(language, "rule.pattern", own.pattern)
    options = {
        "ties_skipped": own.ties == "skip",
        "both_sides": own.both_sides,
        "one_side": own.one_side,
        "within_limits": own.within_limits,
    }
    said = [_words(language, "rule.option", option) for option, given in options.items() if given]
    return ", ".join([text.format(k=own.needed, n=own.window, z=number(own.zone, language=language)), *said])


def state(code: str, language: str = "en") -> str:
    """The state of a point in words, for the hover: "half-finished: drawn, not judged"."""
    return _words(language, "state", code)


def point_state(row: Mapping[str, Any], language: str = "en") -> str:
    """The state of one row of a review's points: for a judged one, where it lies; for one without a verdict, why."""
    if row["state"] == "undefined" and math.isfinite(row.get("value", math.nan)):
        return state("few_readings", language)
    if row["state"] != "judged":
        return state(str(row["state"]), language)
    if not row.get("signal", False):
        return state("inside", language)
    x, low, high = row["value"], row["lower"], row["upper"]
    return state("above" if x > high else "below" if x < low else "pattern", language)


def caveat(code: str, language: str = "en") -> str:
    """A caveat in words; a code that has none, as it is written."""
    table = _language(language).words["caveat"]
    return table.get(code, code.replace("_", " "))


def chart(kind: str, language: str = "en") -> str:
    """The name of a chart: "p′ chart"."""
    return _words(language, "chart", kind)


def figure(code: str, language: str = "en") -> str:
    """A word that is written on a figure: "upper", "excluded"."""
    return _words(language, "figure", code)


def bare_label(label: str, language: str = "en") -> str:
    """A period's label without the words that would repeat on each tick of an axis: "week of 16 Nov" is "16 Nov"."""
    for prefix in _language(language).words["label.prefix"].values():
        label = label.removeprefix(prefix)
    return label


def words(table: str, code: str, tongue: Language) -> str:
    """One word of a language. Raises KeyError naming the table and the code."""
    found = tongue.words[table].get(code)
    if found is None:
        raise KeyError(f"{tongue.name} has no word for {code!r} in its table {table!r}; add it there")
    return found


def _words(language: str, table: str, code: str) -> str:
    return words(table, code, _language(language))
