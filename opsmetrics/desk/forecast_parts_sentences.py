"""Parts and total in sentences, cells and tables, for the Forecast page and the command line alike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Kpi, slice_text
from opsmetrics.desk import forecast_words
from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_parts import COVERAGE, Floats, Part, Parts
from opsmetrics.verdict import wording

Cells = list[str]

#: From this on a forecast sum is told without decimals.
_ROUND = 10


def title(found: Parts) -> str:
    """What stands in the table."""
    period = found.periods[0] if found.periods else wording.DASH
    return say("parts", kpi=found.kpi.name, dimension=found.dimension, period=period)


def lead(found: Parts) -> str:
    """How parts and total were made to agree, and what that changed most."""
    parts = [say(f"how_{found.how}"), *([] if found.whole else [_apart(found.kpi)]), changed(found), left_out(found)]
    return " ".join(part for part in parts if part)


def _apart(kpi: Kpi) -> str:
    if kpi.numerator and kpi.denominator:
        above = kpi.numerator[:1].upper() + kpi.numerator[1:]
        return say("apart", above=above, below=kpi.denominator)
    return say("apart_unnamed")


def changed(found: Parts) -> str:
    """Which of them moved most in the next period, against its own range; that none moved where that reads so."""
    if not found.periods:
        return ""
    share = [_share_moved(part) for part in found.parts]
    part = found.parts[int(np.argmax(share))]
    alone, value = (wording.value(found.kpi, float(line[0])) for line in (part.alone, part.value))
    return say("moved_none") if alone == value else say("moved_most", name=name_of(part), alone=alone, value=value)


def _share_moved(part: Part) -> float:
    moved, wide = abs(float(part.value[0] - part.alone[0])), float(part.high[0] - part.low[0])
    if not math.isfinite(moved) or moved == 0:
        return 0.0
    return moved / wide if wide > 0 else math.inf


def head(found: Parts) -> Cells:
    """Headings of `rows`."""
    span = forecast_words.say("range", nominal=COVERAGE)
    every = say("all_periods", periods=wording.periods(len(found.periods), found.grain))
    behind = [say("behind")] if _behind(found) else []
    return ["", say("together"), span, say("alone"), say("moved"), *behind, every]


def rows(found: Parts) -> list[Cells]:
    """The total first: the next period coherent with its range, on its own, what that moved, the sums behind it, and
    all periods ahead together."""
    return [_row(found, part) for part in found.parts if found.periods]


def _row(found: Parts, part: Part) -> Cells:
    kpi, value, alone = found.kpi, float(part.value[0]), float(part.alone[0])
    behind = [_counts(kpi, float(part.above[0]), float(part.below[0]))] if _behind(found) else []
    return [
        name_of(part),
        wording.value(kpi, value),
        wording.limits(kpi, float(part.low[0]), float(part.high[0])),
        wording.value(kpi, alone, unit=False),
        signed(kpi, value - alone),
        *behind,
        wording.value(kpi, together(found, part), unit=False),
    ]


def signed(kpi: Kpi, change: float) -> str:
    """A change of a value with its sign: "+0.21"; "–" where there is none."""
    text = wording.value(kpi, change, unit=False)
    return f"+{text}" if math.isfinite(change) and change > 0 and any(c in "123456789" for c in text) else text


def together(found: Parts, part: Part) -> float:
    """All periods ahead in one value: sums added up, then divided."""
    if found.whole:
        return float(part.value.sum())
    below = float(part.below.sum())
    return float(part.above.sum()) / below if below > 0 else math.nan


def _behind(found: Parts) -> bool:
    """Sums stand beside a value that is made of two that are counted."""
    return not found.whole and (found.kpi.counts or found.kpi.share)


def _counts(kpi: Kpi, above: float, below: float) -> str:
    return wording.counts(kpi, _rough(above), _rough(below))


def _rough(amount: float) -> float:
    if not math.isfinite(amount):
        return amount
    return float(round(amount)) if amount >= _ROUND else round(amount, 1)


def left_out(found: Parts) -> str:
    """Which values have no forecast, "" where all have one."""
    names = ", ".join(slice_text(part) for part in found.left_out)
    return say("left_out", names=names) if names else ""


def name_of(part: Part) -> str:
    """The value of the dimension, or that it is the total."""
    return slice_text(part.slice) or say("total")


def table(found: Parts) -> pd.DataFrame:
    """Every period of each, one line for each; values in the shown unit, sums as they are counted."""
    kpi, scale, count = found.kpi, found.kpi.multiplier, len(found.periods)
    tables = []
    for part in found.parts:
        lines = {"Part": [name_of(part)] * count, "Period": list(found.periods), "Together": part.value * scale}
        lines |= {f"{COVERAGE} % from": part.low * scale, f"{COVERAGE} % to": part.high * scale}
        lines |= {"On its own": part.alone * scale}
        if not found.whole:
            above, below = kpi.numerator or "above the line", kpi.denominator or "below the line"
            lines |= {f"{above} together": part.above, f"{above} alone": part.above_alone}
            lines |= {f"{below} together": part.below, f"{below} alone": part.below_alone}
        tables.append(pd.DataFrame(lines))
    return pd.concat(tables, ignore_index=True)


def as_dict(found: Parts) -> dict[str, Any]:
    """Parts and total as plain values in the shown unit; above and below are sums as they were counted."""
    scale = found.kpi.multiplier
    return {
        "kpi": found.kpi.key,
        "dimension": found.dimension,
        "grain": found.grain,
        "unit": found.kpi.unit,
        "how": found.how,
        "periods": list(found.periods),
        "parts": [_part(part, scale) for part in found.parts],
        "left_out": [dict(part) for part in found.left_out],
        "sentence": lead(found),
    }


def _part(part: Part, scale: float) -> dict[str, Any]:
    shown = {"value": part.value, "lower_80": part.low, "upper_80": part.high, "alone": part.alone}
    sums = {"above": part.above, "below": part.below, "above_alone": part.above_alone, "below_alone": part.below_alone}
    values = {name: _plain(line, scale) for name, line in shown.items()}
    return {"slice": dict(part.slice), **values, **{name: _plain(line) for name, line in sums.items()}}


def _plain(values: Floats, scale: float = 1.0) -> list[float | None]:
    return [float(x) * scale if math.isfinite(x) else None for x in values]
