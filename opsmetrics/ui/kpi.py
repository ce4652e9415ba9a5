"""The page of one KPI as blocks: head, strip, and the lists below its chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import slice_text
from opsmetrics.desk.kept import OncePer
from opsmetrics.figures import data_mark
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, rows
from opsmetrics.ui.blocks import Block, worded
from opsmetrics.ui.chart_rules import Deciding
from opsmetrics.ui.links import Target
from opsmetrics.verdict import sentences, wording
from opsmetrics.verdict.model import Episode, Verdict
from opsmetrics.verdict.tampering import tampering_sentence, tampering_title

#: Periods named in one line before "n earlier".
NAMED = 14

#: Episodes and phases listed before they are left to the table.
LISTED = 10
EARLIER = "The table behind the chart holds them."


def head(review: KpiReview, today: Target) -> Block:
    """Trail back to `today`, name, what the verdict says, and the latest judged figure with its counts."""
    part = slice_text(review.series.slice)
    trail = [("Today", today), *((text, None) for text in (review.kpi.category, part) if text)]
    return blocks.heading(review.kpi.name, trail=trail, lead=lead(review), hero=_hero(review))


def lead(review: KpiReview) -> str:
    """What the verdict says; of a grain without one, which grain it is judged by."""
    if review.verdict is not None:
        return sentences.render(review.verdict.sentence)
    kpi = review.kpi
    return f"By {review.series.grain} this is a view without a verdict: {kpi.name} is judged by {kpi.operate}."


@OncePer
def last_judged(review: KpiReview) -> Mapping[str, Any] | None:
    """The row of the last judged period with its position, None where there is none."""
    judged = np.flatnonzero((review.points["state"] == "judged").to_numpy())
    if not len(judged):
        return None
    position = int(judged[-1])
    return {"position": position} | {str(name): value for name, value in review.points.iloc[position].items()}


def _hero(review: KpiReview) -> Block | None:
    row = last_judged(review)
    if row is None:
        return None
    parts = (str(row["label"]), wording.behind(review.kpi, row))
    value = wording.value(review.kpi, row["value"], unit=False)
    unit = wording.unit_text(review.kpi.unit, value)
    return {"value": value, "unit": unit, "caption": " · ".join(part for part in parts if part)}


def strip(review: KpiReview, decides: Deciding | None = None) -> Block:
    """Variation, target, data, the chart and the rules that decide; below them why it is these."""
    choice = review.choice
    kind, phases = choice.get("kind", ""), len(_phases(review))
    why = [{"lead": kind or wording.DASH, "text": f"{choice.get('why', '')} {choice.get('rejected', '')}".strip()}]
    chart = [{"label": "Chart", "text": f"{kind}, {phases} phases" if phases else kind or wording.DASH, "more": ""}]
    if decides is not None and review.chart is not None:
        chart.append({"label": "Rules", "text": decides.words, "more": ""})
        why.append({"lead": "Rules", "text": decides.why})
    if review.tampering is not None:
        text = tampering_sentence(review.tampering, review.series.grain)
        why.append({"lead": tampering_title(), "text": text})
    why = [reason for reason in why if reason["text"]]
    if review.verdict is None:
        return blocks.strip(chart, _owner(review), why)
    verdict = review.verdict
    aim = wording.target(review.kpi, verdict.target, unit=False)
    state = worded(data_mark(verdict.data), wording.data(verdict.data, verdict.data_names))
    items: list[Block] = [
        {"label": "Variation", "mark": rows.variation_word(verdict), "more": _caveats(verdict)},
        {"label": f"Target {aim}".rstrip(), "mark": rows.assurance_word(verdict), "more": _met(verdict)},
        {"label": "Data", "mark": state, "more": ""},
        *chart,
    ]
    return blocks.strip(items, _owner(review), why)


def _caveats(verdict: Verdict) -> str:
    return " · ".join(wording.caveat(code) for code in verdict.caveats)


def _met(verdict: Verdict) -> str:
    return f"met {verdict.met[0]} of {verdict.met[1]}" if verdict.met and verdict.met[1] else ""


def _owner(review: KpiReview) -> str:
    episode = review.verdict.episode if review.verdict else None
    since = f"signal since {episode.start_label}" if episode is not None and episode.open else ""
    owner = f"owner {review.kpi.owner}" if review.kpi.owner else ""
    return " · ".join(part for part in (owner, since, wording.verdict_id(review.id)) if part)


def lists(review: KpiReview) -> list[Block]:
    """Signals, episodes and phases; what is empty vanishes."""
    parts = [
        blocks.lines("Signals", _signals(review), note="every rule hit; only some decide"),
        _newest("Episodes", _episodes(review), "from the first point to the last, newest first"),
        _newest("Phases", _phases(review), "limits of each phase from its own points, newest first"),
    ]
    return [part for part in parts if part["items"]]


def _newest(title: str, items: list[Block], note: str) -> Block:
    """The first of a list that has its newest first; of the others how many they are."""
    left = len(items) - LISTED
    shown = items if left <= 0 else [*items[:LISTED], {"lead": f"{left} earlier", "text": EARLIER, "note": ""}]
    return blocks.lines(title, shown, note=note) | {"count": str(len(items))}


def _labels(review: KpiReview, positions: list[int]) -> str:
    """Periods in words, newest last; at most NAMED of them."""
    names = [str(review.points["label"].iloc[p]) for p in positions[-NAMED:]]
    left = len(positions) - len(names)
    apart = "; " if any("," in name for name in names) else ", "  # a shift's name has a comma of its own
    return f"{left} earlier{apart}" * (left > 0) + apart.join(names)


def _signals(review: KpiReview) -> list[Block]:
    items = []
    for (rule, side, decides), hits in review.signals.groupby(["rule", "side", "decides"], sort=False):
        positions = sorted({int(p) for p in hits["position"]})
        word = wording.rule(str(rule)) + (f", {side}" if side != "none" else "")
        note = "decides" if decides else "listed, does not decide"
        items.append({"lead": word, "text": _labels(review, positions), "note": note, "order": not decides})
    return sorted(items, key=lambda item: bool(item["order"]))


def _episodes(review: KpiReview) -> list[Block]:
    return [_episode(episode) for episode in reversed(review.episodes)]


def _episode(episode: Episode) -> Block:
    rules = ", ".join(wording.rule(rule) for rule in episode.rules)
    span = episode.start_label if episode.start == episode.last else f"{episode.start_label} – {episode.last_label}"
    state = "open" if episode.open else "ended"
    if episode.closed_because:
        state = "closed: no longer outside"
    lead = {"high": "High", "low": "Low"}.get(episode.side, "Changed")
    return {"lead": lead, "text": f"{span}: {rules}", "note": f"detected {episode.detected_label} · {state}"}


def _phases(review: KpiReview) -> list[Block]:
    """Centre and limits of each phase at its last point; nothing to say while there is only one."""
    judged = review.points[(review.points["state"] == "judged") & review.points["centre"].notna()]
    groups = [part for _, part in judged.groupby("phase", sort=True)]
    return [_phase(review, part) for part in reversed(groups)] if len(groups) > 1 else []


def _phase(review: KpiReview, part: pd.DataFrame) -> Block:
    last, kpi = part.iloc[-1], review.kpi
    span = wording.limits(kpi, last["lower"], last["upper"], unit=True)
    text = f"centre {wording.value(kpi, last['centre'])}, limits {span} at its last point"
    count = wording.periods(len(part), review.series.grain)
    return {"lead": f"{part['label'].iloc[0]} – {last['label']}", "text": text, "note": f"{count} judged"}


def table(review: KpiReview) -> pd.DataFrame:
    """The data behind the chart, one line per period, values in the shown unit."""
    points, scale = review.points, review.kpi.multiplier
    frame = pd.DataFrame({"Period": points["label"].astype(str).to_numpy()})
    frame["Value"] = points["value"].to_numpy(dtype=float) * scale
    for name, column in _behind(review):
        if points[column].notna().any():
            frame[name] = points[column].to_numpy(dtype=float)
            if (frame[name].dropna() % 1 == 0).all():
                frame[name] = frame[name].astype("Int64")
    for name, column in (("Lower limit", "lower"), ("Centre", "centre"), ("Upper limit", "upper")):
        frame[name] = points[column].to_numpy(dtype=float) * scale
    frame["Phase"] = points["phase"].to_numpy() + 1
    frame["State"] = [_state(row) for row in points.to_dict("records")]
    frame["Rules"] = _rules(review)
    frame["Note"] = points["note"].fillna("").astype(str).to_numpy()
    return frame


def _behind(review: KpiReview) -> list[tuple[str, str]]:
    """Headings and columns of what stands behind the values; a column that this kind does not fill is left out."""
    kpi = review.kpi
    if kpi.kind == "derived":
        return []
    if kpi.counts:
        return [(kpi.numerator or "Numerator", "numerator"), (kpi.denominator or "Denominator", "denominator")]
    return [("Readings", "size")]


def _state(row: Mapping[Any, Any]) -> str:
    """The state of a point; where it lies is for the figure to say."""
    return wording.state("judged") if row["state"] == "judged" else wording.point_state(row)


def _rules(review: KpiReview) -> list[str]:
    """For each point the rules that it completes."""
    found: dict[int, list[str]] = {}
    for position, rule in zip(review.signals["position"], review.signals["rule"], strict=True):
        found.setdefault(int(position), []).append(wording.rule(str(rule)))
    return [", ".join(found.get(position, [])) for position in range(len(review.points))]
