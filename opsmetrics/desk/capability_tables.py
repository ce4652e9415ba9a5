"""The cells of a capability study: for the page and the command line alike."""

from __future__ import annotations

import pandas as pd

from opsmetrics.desk.capability_sentences import NO_PPM, ToldCapability, index_text, rounded
from opsmetrics.desk.capability_words import INDICES, say
from opsmetrics.verdict import wording


def index_rows(told: ToldCapability) -> list[tuple[str, str, str]]:
    """Name, value and interval of each index that is defined."""
    found = told.study.found
    rows = []
    for code, name in INDICES.items():
        index = found[code] if found else None
        if index is not None:
            known = index.low is not None and index.high is not None
            ends = say("interval_of", low=index_text(index.low), high=index_text(index.high)) if known else "–"
            rows.append((name, index_text(index.value), ends))
    return rows


def ppm_rows(told: ToldCapability) -> list[tuple[str, str, str]]:
    """Readings in a million outside, and how many on either side: found and expected."""
    found = told.study.found
    if found is None or (found.lower is None and found.upper is None):
        return []
    rows = []
    for code in ("observed", "expected_within", "expected_overall"):
        if code in found.ppm:
            tails = found.ppm[code]
            below, above, total = (rounded(x) if x >= NO_PPM else "0" for x in (tails.below, tails.above, tails.total))
            rows.append((say(f"ppm_{code}"), total, f"{below} + {above}"))
    return rows


def used_rows(told: ToldCapability) -> list[tuple[str, str]]:
    """The card of the study."""
    study, found = told.study, told.study.found
    if found is None:
        return []
    rows = [(say("basis"), say("basis_of", n=wording.number(found.n), periods=told.periods))]
    rows.append((say("control_span"), say("since", first=study.first, last=study.last)))
    rows.append((say("control_method"), say(f"method_{found.method}")))
    if not found.law.transform:
        rows.append((say("used_mean"), told.reading(found.mean, extra=2)))
        rows += _spread_rows(told)
    low, _, high = found.natural
    rows.append((say("used_natural"), f"{told.reading(low, unit=False, extra=1)} to {told.reading(high, extra=1)}"))
    if found.methods.get("power"):
        rows.append((say("used_power"), wording.number(float(found.methods["power"]), 2)))
    if found.method != "normal" and found.law.parameters and not found.law.transform:
        given = ", ".join(f"{name} {rounded(size, 4)}" for name, size in found.law.parameters.items())
        rows.append((say("used_law"), given))
    if told.better():
        rows.append((say("used_fits"), say(f"method_{told.better()}")))
    return rows + [(say("used_said"), said) for said in found.warnings]


def _spread_rows(told: ToldCapability) -> list[tuple[str, str]]:
    found = told.study.found
    assert found is not None
    rows = []
    if found.sigma_within is not None:
        code = "used_sigma_mr" if found.methods["within"] == "mr" else "used_sigma_within"
        one = wording.period_word(1, told.study.review.series.grain)
        rows.append((say(code, period=one), told.reading(found.sigma_within, extra=2)))
    return [*rows, (say("used_sigma_overall"), told.reading(found.sigma_overall, extra=2))]


def count_rows(told: ToldCapability) -> list[tuple[str, str, str]]:
    """What was counted: each figure with its interval."""
    found, kpi = told.study.counted, told.study.review.kpi
    if found is None:
        return []
    size = wording.amount(found.size, kpi.denominator) if kpi.denominator else told.periods
    rows = [(say("count_found"), wording.number(found.count), ""), (say("count_of"), size, "")]
    for code, one in (("count_share", found.share), ("count_ppm", found.ppm), ("count_z", found.z)):
        if one is not None and (code != "count_share" or found.kind == "defects"):
            name = say("count_each") + f" {told.piece(1)}" if code == "count_share" else say(code)
            ends = say("interval_of", low=rounded(one.low or 0.0, 3), high=rounded(one.high or 0.0, 3))
            rows.append((name, rounded(one.value, 3), ends))
    if found.kind == "defects":
        share = f"{wording.number(100 * found.share_without, 1)}{wording.NBSP}%"
        rows.append((say("count_without"), share, ""))
    return rows


def table(told: ToldCapability) -> pd.DataFrame:
    """All figures as one table: name, value, low, high, degrees of freedom."""
    found, counted = told.study.found, told.study.counted
    if found is not None:
        named = {INDICES[code]: found[code] for code in INDICES if found[code] is not None}
    elif counted is not None:
        named = {"share": counted.share, "in a million": counted.ppm, "process Z": counted.z}
    else:
        named = {}
    rows = [(name, one.value, one.low, one.high, one.freedom) for name, one in named.items() if one is not None]
    return pd.DataFrame(rows, columns=["figure", "value", "low", "high", "degrees of freedom"])
