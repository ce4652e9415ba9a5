"""The page of one KPI as blocks: head, strip, and the lists below its chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from opsmetrics.catalog import Calendar, Decision, slice_text
from opsmetrics.figures import assurance_mark, data_mark
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, rows
from opsmetrics.ui.blocks import Block, worded
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import ChartView, target
from opsmetrics.verdict import sentences, wording
from opsmetrics.verdict.model import Episode, Verdict

#: Periods named in one line before "and n more".
NAMED = 14

_KINDS = {
    "target": "Target",
    "phase": "New phase",
    "lock": "Limits locked",
    "exclude": "Excluded",
    "complete": "Marked complete",
    "annotate": "Note",
    "weekday": "Weekday limits",
}


def head(review: KpiReview, view: ChartView) -> Block:
    """Trail, name, what the verdict says, and the latest judged figure with its counts."""
    part = slice_text(review.series.slice)
    today = target("today", as_of=view.as_of.isoformat() if view.as_of else "")
    trail = [("Today", today), *((text, None) for text in (review.kpi.category, part) if text)]
    return blocks.heading(review.kpi.name, trail=trail, lead=_lead(review), hero=_hero(review))


def _lead(review: KpiReview) -> str:
    if review.verdict is not None:
        return sentences.render(review.verdict.sentence)
    kpi = review.kpi
    return f"By {review.series.grain} this is a view without a verdict: {kpi.name} is judged by {kpi.operate}."


def last_judged(review: KpiReview) -> Mapping[str, Any] | None:
    """The row of the last judged period with its position, None where there is none."""
    judged = review.points[review.points["state"] == "judged"]
    if judged.empty:
        return None
    return {"position": int(judged.index[-1])} | {str(name): value for name, value in judged.iloc[-1].items()}


def _hero(review: KpiReview) -> Block | None:
    row = last_judged(review)
    if row is None:
        return None
    parts = (str(row["label"]), wording.behind(review.kpi, row))
    value = wording.value(review.kpi, row["value"], unit=False)
    unit = wording.unit_text(review.kpi.unit)
    return {"value": value, "unit": unit, "caption": " · ".join(part for part in parts if part)}


def strip(review: KpiReview) -> Block:
    """Variation, target, data and the chart with the reason for it."""
    choice = review.choice
    why = " ".join(text for text in (choice.get("why", ""), choice.get("rejected", "")) if text)
    chart = {"label": "Chart", "text": choice.get("kind") or wording.DASH, "more": why}
    if review.verdict is None:
        return blocks.strip([chart], _owner(review))
    verdict = review.verdict
    aim = wording.target(review.kpi, verdict.target, unit=False)
    firm = worded(assurance_mark(verdict.assurance), wording.assurance(verdict.assurance, verdict.firm))
    state = worded(data_mark(verdict.data), wording.data(verdict.data, verdict.data_names))
    items: list[Block] = [
        {"label": "Variation", "mark": rows.variation_word(verdict), "more": _caveats(verdict)},
        {"label": f"Target {aim}".rstrip(), "mark": firm, "more": _met(verdict)},
        {"label": "Data", "mark": state, "more": ""},
        chart,
    ]
    return blocks.strip(items, _owner(review))


def _caveats(verdict: Verdict) -> str:
    return " · ".join(wording.caveat(code) for code in verdict.caveats)


def _met(verdict: Verdict) -> str:
    return f"met {verdict.met[0]} of {verdict.met[1]}" if verdict.met and verdict.met[1] else ""


def _owner(review: KpiReview) -> str:
    episode = review.verdict.episode if review.verdict else None
    since = f"signal since {episode.start_label}" if episode is not None and episode.open else ""
    owner = f"owner {review.kpi.owner}" if review.kpi.owner else ""
    return " · ".join(part for part in (owner, since) if part)


def lists(review: KpiReview) -> list[Block]:
    """Signals, episodes, phases, decisions in force and proposals; what is empty vanishes."""
    parts = [
        blocks.lines("Signals", _signals(review), note="every rule hit; only some decide"),
        blocks.lines("Episodes", _episodes(review), note="from the first point to the last"),
        blocks.lines("Phases", _phases(review), note="limits of each phase from its own points"),
        blocks.lines("Decisions in force", _decisions(review), note="who, when, why"),
        blocks.lines("Proposed", _proposals(review), note="nothing changes until a person decides"),
    ]
    return [part for part in parts if part["items"]]


def _labels(review: KpiReview, positions: list[int]) -> str:
    """Periods in words, newest last; at most NAMED of them."""
    names = [str(review.points["label"].iloc[p]) for p in positions[-NAMED:]]
    left = len(positions) - len(names)
    return f"{left} earlier, " * (left > 0) + ", ".join(names)


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
    return [_phase(review, part) for part in groups] if len(groups) > 1 else []


def _phase(review: KpiReview, part: pd.DataFrame) -> Block:
    last, kpi = part.iloc[-1], review.kpi
    span = wording.limits(kpi, last["lower"], last["upper"], unit=True)
    text = f"centre {wording.value(kpi, last['centre'])}, limits {span} at its last point"
    count = wording.periods(len(part), review.series.grain)
    return {"lead": f"{part['label'].iloc[0]} – {last['label']}", "text": text, "note": f"{count} judged"}


def _decisions(review: KpiReview) -> list[Block]:
    calendar = review.kpi.calendar
    return [_decision(decision, calendar, review) for decision in reversed(review.decisions)]


def _decision(decision: Decision, calendar: Calendar, review: KpiReview) -> Block:
    when = " – ".join(_moment(m) for m in (decision.start, decision.end) if m is not None)
    said = decision.value if isinstance(decision.value, str) else ""
    if decision.kind == "target":
        said = _target(decision, review)
    at = wording.date(at_site(calendar, decision.at)) if decision.at else ""
    text = " · ".join(part for part in (when, said, decision.why) if part)
    return {"lead": _KINDS[decision.kind], "text": text, "note": " · ".join(p for p in (decision.by, at) if p)}


def _target(decision: Decision, review: KpiReview) -> str:
    """Targets of decisions stand in the shown unit; wording wants stored ones."""
    given = decision.value or {}
    scale = review.kpi.multiplier
    stored = {name: float(value) / scale for name, value in given.items() if value is not None}
    return wording.target(review.kpi, stored) or "no target"


def _moment(moment: dt.datetime | int) -> str:
    if isinstance(moment, int):
        return f"sample {moment}"
    midnight = (moment.hour, moment.minute) == (0, 0)
    return wording.date(moment) if midnight else wording.instant(moment)


def _proposals(review: KpiReview) -> list[Block]:
    texts = [p if isinstance(p, str) else sentences.render([p]) for p in review.proposals]
    return [{"lead": "Proposed", "text": text, "note": ""} for text in texts]


def table(review: KpiReview) -> pd.DataFrame:
    """The data behind the chart, one line per period, values in the shown unit."""
    points, scale = review.points, review.kpi.multiplier
    frame = pd.DataFrame({"Period": points["label"].astype(str).to_numpy()})
    frame["Value"] = points["value"].to_numpy(dtype=float) * scale
    if review.kpi.counts:
        frame[review.kpi.numerator or "Numerator"] = points["numerator"].to_numpy(dtype=float)
        frame[review.kpi.denominator or "Denominator"] = points["denominator"].to_numpy(dtype=float)
    else:
        frame["Readings"] = points["size"].to_numpy(dtype=float)
    for name, column in (("Lower limit", "lower"), ("Centre", "centre"), ("Upper limit", "upper")):
        frame[name] = points[column].to_numpy(dtype=float) * scale
    frame["Phase"] = points["phase"].to_numpy()
    frame["State"] = [wording.state(str(state)) for state in points["state"]]
    frame["Rules"] = _rules(review)
    frame["Note"] = points["note"].fillna("").astype(str).to_numpy()
    return frame


def _rules(review: KpiReview) -> list[str]:
    """For each point the rules that it completes."""
    found: dict[int, list[str]] = {}
    for position, rule in zip(review.signals["position"], review.signals["rule"], strict=True):
        found.setdefault(int(position), []).append(wording.rule(str(rule)))
    return [", ".join(found.get(position, [])) for position in range(len(review.points))]
