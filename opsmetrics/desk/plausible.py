"""What is unusual about a file beside what is stored, from a few figures about both: its levels, its volume, its names.

Pure functions from figures to warnings. Nothing is corrected: whoever loads the file is told, and decides.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.problems import listed
from opsmetrics.measurements import Notice, counted, stream_of
from opsmetrics.verdict import wording

#: A level is told where it is so many times the usual one, and so many times beyond the stored days' 95 % (or 5 %).
JUMP, BEYOND = 5.0, 3.0
#: One day is told where it is so many times the highest (or lowest) stored one.
FAR = 20.0
#: Days that a usual level needs, and those that the highest and lowest day need.
ENOUGH, MANY = 8, 20
#: Earlier files that the volume needs, and so many of the last ones are looked at.
FILES, LAST = 3, 5
#: Factors that a slip of the unit makes, and what it may have been.
_SLIPS = {
    1000.0: "is it another unit, or a decimal mark taken for thousands",
    100.0: "is it in per cent, or in cents, where it was not before",
    60.0: "is it in minutes where hours were given before, or in seconds where minutes were",
    24.0: "is it in hours where days were given before",
    1 / 24: "is it in days where hours were given before",
    1 / 60: "is it in hours where minutes were given before, or in minutes where seconds were",
    1 / 100: "is it a share where per cent was given before",
    1 / 1000: "is it another unit, or thousands taken for decimals",
}
_NEAR = 1.3  # a ratio up to so many times such a factor, or down to its inverse, is near it

#: A row of `Profile.levels`.
Level = Mapping[Hashable, Any]


def levels(catalog: Catalog, file: pd.DataFrame, stored: pd.DataFrame) -> list[Notice]:
    """Levels of KPIs (and their parts, by site and the like where the KPI as a whole is as usual) far from the stored
    ones. `file`, `stored`: as `Profile.levels`."""
    key = ["kpi", "part", "dimension", "name"]
    both = file[file["part"] != "rows"].merge(stored, on=key, suffixes=("", "_before"))
    both = both.sort_values("dimension", kind="stable")  # the KPI as a whole comes first
    found: list[Notice] = []
    told: set[tuple[str, str]] = set()
    for row in both.to_dict("records"):
        whose = (str(row["kpi"]), str(row["part"]))
        if whose in told and row["dimension"]:
            continue
        text = _jump(catalog, row) or _far_day(catalog, row)
        if text:
            found.append(text)
            told.add(whose)
    return found


def _jump(catalog: Catalog, row: Level) -> Notice | None:
    """The usual day of the file lies far from the stored days."""
    mid, before, days = _number(row, "mid"), _number(row, "mid_before"), _number(row, "told")
    if _number(row, "told_before") < ENOUGH or not days or not mid or not before:
        return None
    few = days < FILES
    top, bottom = (
        _number(row, "most_before" if few else "high_before"),
        _number(row, "least_before" if few else "low_before"),
    )
    ratio = mid / before
    if not (ratio >= JUMP and mid > BEYOND * top) and not (ratio <= 1 / JUMP and mid * BEYOND < bottom):
        return None
    slip = next((said for factor, said in _SLIPS.items() if 1 / _NEAR <= ratio / factor <= _NEAR), "")
    said = f"{_shown(catalog, row, mid)} on a usual day of the file, {_shown(catalog, row, before)} on stored ones"
    end = f": {slip}?" if slip else "."
    return Notice("level_jump", f"{_name(catalog, row)} {_is(row)} {_times(ratio)} as before ({said}){end}")


def _far_day(catalog: Catalog, row: Level) -> Notice | None:
    """One day of the file lies far beyond all stored ones."""
    if _number(row, "told_before") < MANY:
        return None
    most, least = _number(row, "most"), _number(row, "least")
    top, bottom = _number(row, "most_before"), _number(row, "least_before")
    if most > FAR * top > 0:
        at, value, side, other = row["most_at"], most, "highest", top
    elif row["part"] != "value" and 0 < least * FAR < bottom:
        at, value, side, other = row["least_at"], least, "lowest", bottom
    else:
        return None
    when = wording.date(pd.Timestamp(str(at)) + pd.Timedelta(hours=12))
    said = f"{_shown(catalog, row, value)} on {when}; the {side} stored day has {_shown(catalog, row, other)}."
    return Notice("day_far_out", f"{_name(catalog, row)} {_is(row)} {said}")


def _number(row: Level, name: str) -> float:
    value = float(str(row[name]))
    return 0.0 if math.isnan(value) else value


def _times(ratio: float) -> str:
    """ "100 times as high", "a 60th as high"."""
    return (
        f"{wording.number(_round(ratio), 0)} times as high"
        if ratio >= 1
        else f"1/{wording.number(_round(1 / ratio), 0)} as high"
    )


def _round(ratio: float) -> float:
    """A ratio near one that a slip makes is called by it, another one by its first two digits."""
    near = next((factor for factor in _SLIPS if factor > 1 and 1 / _NEAR <= ratio / factor <= _NEAR), None)
    return near if near is not None else float(f"{ratio:.2g}")


def _name(catalog: Catalog, row: Level) -> str:
    key, part = str(row["kpi"]), str(row["part"])
    called = _called(catalog, key)
    words = {
        "minutes": f"The minutes of {called}",
        "cost": f"The cost of {called}",
        "denominator": _whole(catalog, key),
    }
    where = f" ({row['name']})" if row["dimension"] else ""
    return f"{words.get(part, called)}{where}"


def _is(row: Level) -> str:
    return "are" if row["part"] in ("minutes", "denominator") else "is"


def _called(catalog: Catalog, key: str) -> str:
    stream = stream_of(key)
    return catalog.stream(stream).name if stream is not None else catalog[key].name


def _whole(catalog: Catalog, key: str) -> str:
    kpi = catalog[key]
    return f"The {kpi.denominator or 'denominators'} of {kpi.name}"


def _shown(catalog: Catalog, row: Level, value: float) -> str:
    kpi: Kpi | None = None if stream_of(str(row["kpi"])) else catalog[str(row["kpi"])]
    scaled = value * kpi.multiplier if kpi is not None and row["part"] == "value" and kpi.counts else value
    return f"{scaled:,.3g}" if abs(scaled) < 1000 else wording.number(scaled, 0)


def volume(records: int, days: float, earlier: Sequence[tuple[int, float]]) -> list[Notice]:
    """Far fewer or more records than in earlier files of the source, oldest first: (records, days covered). Where those
    covered stretches of one length the records themselves are compared, else those a day."""
    last = [(n, span) for n, span in earlier if n > 0 and span > 0][-LAST:]
    if len(last) < FILES or days <= 0:
        return []
    spans = [span for _, span in last]
    each = max(spans) <= 1.25 * min(spans)
    rates = [n if each else n / span for n, span in last]
    rate = records if each else records / days
    low, high = min(rates), max(rates)
    apart = max(2.0, high / low)
    expected = low if each else low * days
    noise = 3 * math.sqrt(max(expected, 1.0))
    if not (rate < low / apart and expected - records > noise) and not (
        rate > high * apart and records - expected > noise and (each or days >= 1)
    ):
        return []
    noun = "records" if each else "records a day"
    between = _rate(low) if _rate(low) == _rate(high) else f"{_rate(low)} to {_rate(high)}"
    had = f"the last {len(last)} files of this source had {between}"
    return [Notice("volume", f"The file has {_rate(rate)} {noun}; {had}.")]


def _rate(value: float) -> str:
    return wording.number(value, 0) if value >= 10 or value == int(value) else f"{value:.2g}"


def new_names(catalog: Catalog, file: pd.DataFrame, known: pd.DataFrame) -> list[Notice]:
    """Values of dimensions that nothing stored has, with the nearest known one. `file`, `known`: as `Profile.levels`;
    known is of all time."""
    found: list[Notice] = []
    for dimension, now in _names(file):
        before = known[(known["dimension"] == dimension) & (known["part"] == "rows")]
        rows = before.groupby("name")["rows"].sum()
        if rows.empty:
            continue
        word = _dimension(catalog, dimension)
        new = [name for name in now if name not in rows.index]
        if len(new) >= 5 and 2 * len(new) > len(now):
            share = f"{len(new)} of {counted(len(now), '{n} name', '{n} names')} of {word}"
            why = "is it another plant's file, or are codes given in place of names?"
            text = f"{share} are new ({listed(new, 3)}): {why}"
            found.append(Notice("new_names", text))
            continue
        grows = _grows(before)
        for name in new[:5]:
            near = nearest(name, map(str, rows.index))
            if near is not None:
                held = counted(int(rows[near]), "{n} value", "{n} values")
                found.append(
                    Notice(
                        "new_name",
                        f"'{name}' is new; the nearest known {word} is '{near}' ({held}). They are kept apart.",
                        (f"alias:{dimension}:{name}", near),
                    )
                )
            elif not grows:
                found.append(
                    Notice("new_name", f"'{name}' is a new {word}; known: {listed(sorted(map(str, rows.index)), 4)}.")
                )
    return found


def _names(file: pd.DataFrame) -> Iterator[tuple[str, list[str]]]:
    of_rows = file[(file["part"] == "rows") & (file["dimension"] != "")]
    for dimension, rows in of_rows.groupby("dimension", sort=True):
        yield str(dimension), sorted(set(map(str, rows["name"])))


def _grows(before: pd.DataFrame) -> bool:
    """True where names keep coming: a new product is no news there. Those of the first month are the start."""
    first = before.groupby("name")["first_at"].min()
    later = first > first.min() + pd.Timedelta(days=31)
    return int(later.sum()) >= 2


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name of which another one may be a misspelling: the same but for case, blanks and signs, or one or two
    letters. Figures in names are no slips: Line 1 is not Line 2."""
    names = list(known)
    plain = _plain(name)
    for other in names:
        if _plain(other) == plain:
            return other
    alike = [other for other in names if _figures(other) == _figures(name) and min(len(plain), len(_plain(other))) >= 4]
    by_plain = {_plain(other): other for other in alike}
    close = difflib.get_close_matches(plain, list(by_plain), n=1, cutoff=0.8)
    return by_plain[close[0]] if close else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


def _figures(name: str) -> list[str]:
    return [str(int(figures)) for figures in re.findall(r"\d+", name)]


def missing_names(
    catalog: Catalog, file: pd.DataFrame, stored: pd.DataFrame, files: Sequence[Mapping[str, set[str]]]
) -> list[Notice]:
    """Names that every one of the last files of the source brought, day by day, and this one does not. `files`: by
    dimension the names of each."""
    if len(files) < FILES:
        return []
    days = int(file.loc[(file["part"] == "rows") & (file["dimension"] == ""), "days"].max()) if len(file) else 0
    found: list[Notice] = []
    for dimension, now in _names(file):
        always = set.intersection(*(names.get(dimension, set()) for names in files[-LAST:])) - set(now)
        gone = sorted(name for name in always if _reports(stored, dimension, name, days))
        if gone:
            word = _dimension(catalog, dimension)
            one = len(gone) == 1
            since = (
                f"each of the last {len(files[-LAST:])} files of this source had {'this' if one else 'these'} {word}"
            )
            text = f"{listed(gone)} {'is' if one else 'are'} missing: {since}."
            found.append(Notice("missing_names", text))
    return found


def _reports(stored: pd.DataFrame, dimension: str, name: str, days: int) -> bool:
    """True where so many days without a record of this name would be no chance."""
    of_rows = stored[stored["part"] == "rows"]
    own = of_rows[(of_rows["dimension"] == dimension) & (of_rows["name"] == name)]
    if own.empty:
        return False
    whole = of_rows[of_rows["dimension"] == ""].set_index("kpi")["days"]
    share = max(float(row["days"]) / float(whole[row["kpi"]]) for _, row in own.iterrows())
    enough = int(own["days"].max()) >= MANY
    return enough and (share == 1 or (1 - share) ** days < 1e-4)


def _dimension(catalog: Catalog, key: str) -> str:
    named = {dimension.key: dimension.name for dimension in catalog.dimensions}
    return named.get(key, key).lower()
