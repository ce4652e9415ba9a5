"""The blocks of the Pareto page: head, ranking, changes, what was tested, the table behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, slice_of
from opsmetrics.desk.events import EventPareto, dimension_name
from opsmetrics.figures.pareto import MOST_COLUMNS, bar_names
from opsmetrics.ui import blocks, pareto_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import span_text
from opsmetrics.ui.links import Target
from opsmetrics.ui.pareto_view import ParetoView
from opsmetrics.verdict import paretos, wording

#: Members of Other that are listed; the table holds all of them.
MEMBERS = 60


def head(answer: EventPareto, view: ParetoView, catalog: Catalog) -> Block:
    """Trail, what is ranked, and the verdict of the page."""
    stream, measure = answer.stream, view.measure
    if answer.now is None:
        return blocks.heading(f"No {stream.unit} have been loaded yet.", eyebrow=stream.name)
    span = (answer.now.first, answer.now.last)
    lead = paretos.lead(answer.result, answer.leaders, answer.changes, stream, answer.called, measure)
    count = wording.amount(answer.events, stream.unit)
    facts = [f"{stream.name} by {paretos.noun(answer.called)}", span_text(*span), count]
    title = paretos.headline(answer.result, stream, answer.called, measure, span)
    return blocks.heading(title, trail=_trail(answer, view, catalog), eyebrow=" · ".join(facts), lead=lead)


def _trail(answer: EventPareto, view: ParetoView, catalog: Catalog) -> list[tuple[str, Target | None]]:
    """The way down to this view: each step leads back to where it was taken."""
    if not view.slice:
        return []
    order = [*("category", "subcategory"), *answer.stream.dimensions]
    steps = sorted(view.slice, key=lambda item: order.index(item[0]))
    root = replace(view, slice=(), by="category", opened=False)
    trail: list[tuple[str, Target | None]] = [(answer.stream.name, root.link())]
    for place, (key, value) in enumerate(steps):
        kept = slice_of(dict(steps[: place + 1]))
        following = steps[place + 1][0] if place + 1 < len(steps) else view.by
        text = f"{dimension_name(catalog, answer.stream, key)}: {paretos.name(value)}"
        last = place + 1 == len(steps)
        trail.append((text, None if last else replace(view, slice=kept, by=following, opened=False).link()))
    return trail


class Steps:
    """Where each name leads: one step down from this view."""

    def __init__(self, answer: EventPareto, view: ParetoView, *, divided: bool) -> None:
        self._answer, self._view, self._divided = answer, view, divided

    def into(self, name: str) -> ParetoView:
        """The view of this category alone."""
        return self._view.into(self._answer.stream, name, divided=self._divided)

    def of_bar(self, position: int) -> ParetoView:
        """The view behind a bar; the collecting bar opens its members."""
        row = self._answer.result.table.iloc[position]
        return replace(self._view, opened=True) if row["other"] else self.into(str(row["name"]))


def lies(answer: EventPareto) -> bool:
    """So many bars that they stand better as lines below each other."""
    return len(answer.result.table) > MOST_COLUMNS


def ranking(answer: EventPareto, steps: Steps, *, where: str) -> Block:
    """The bars as lines with links: the chart of a narrow screen ("phone"), the way down without a mouse where nothing
    else offers it ("wide"), or the chart of many bars ("")."""
    table = answer.result.table
    top = float(table["amount"].max()) if len(table) else 1.0
    items = []
    for position, (label, row) in enumerate(zip(bar_names(answer.result), table.to_dict("records"), strict=True)):
        tone = "other" if row["other"] else "vital" if row["vital"] else "rest"
        items.append(_bar(answer, label, steps.of_bar(position), row, top, tone))
    title = f"By {paretos.noun(answer.called)}" if where == "wide" else ""
    return pareto_blocks.ranked(title, _bar_head(answer), items, where=where) | {"count": ""}


def members(answer: EventPareto, view: ParetoView, steps: Steps) -> list[Block]:
    """What the collecting bar holds; shares are of everything."""
    table = answer.result.members
    if not view.opened or table.empty:
        return []
    top = float(table["amount"].max())
    items = []
    for row in table.iloc[:MEMBERS].to_dict("records"):
        name = str(row["name"])
        items.append(_bar(answer, paretos.name(name), steps.into(name), row, top, "rest"))
    more = f"the first {MEMBERS}; the table holds all" if len(table) > MEMBERS else "shares are of everything"
    block = pareto_blocks.ranked(f"In {paretos.term('other', n=len(table))}", _bar_head(answer), items, note=more)
    return [block | {"count": ""}]


def _bar_head(answer: EventPareto) -> list[str]:
    return [answer.called, paretos.measure_word(answer.question.measure), "Share", "Running"]


def _bar(answer: EventPareto, label: str, view: ParetoView, row: Mapping[Any, Any], top: float, tone: str) -> Block:
    amount, share, running = (float(row[field]) for field in ("amount", "share", "running"))
    text = paretos.amount(amount, answer.stream, answer.question.measure)
    shares = paretos.share(share), paretos.share(running)
    return pareto_blocks.bar(label, view.link(), text, *shares, amount / top if top else 0.0, tone)


def changes(answer: EventPareto, steps: Steps) -> list[Block]:
    """What rose, what fell: the bars in their order, then what really changed among the collapsed ones."""
    if answer.changes is None or answer.now is None or answer.before is None or answer.changes.table.empty:
        return []
    table = _shown_changes(answer)
    top = float(table[["expected", "after"]].to_numpy(dtype=float).max())
    items = [_change(answer, steps, row, top) for row in table.to_dict("records")]
    spans = [span_text(stretch.first, stretch.last) for stretch in (answer.before, answer.now)]
    heads = [answer.called, "Before", "", "Now", "Change", "Could be", "Verdict"]
    over = ["", spans[0], "", spans[1], "", "", ""]
    return [
        pareto_blocks.changes(
            "What rose, what fell", list(zip(heads, over, strict=True)), items, note=_changes_note(answer)
        )
    ]


def _shown_changes(answer: EventPareto) -> pd.DataFrame:
    assert answer.changes is not None
    table = answer.changes.table
    kept = set(answer.result.table.loc[~answer.result.table["other"], "name"])
    return table[table["name"].isin(kept) | table["verdict"].isin(("rose", "fell"))]


def _changes_note(answer: EventPareto) -> str:
    assert answer.changes is not None
    parts = [f"per {paretos.days(answer.changes.days_after)}", "95 % intervals"]
    if answer.changes.tested > 1:
        parts.append(f"verdicts allow for {answer.changes.tested} tests")
    if answer.leaders.all_p is not None:
        differ = "leaders differ beyond chance" if answer.leaders.differ else "leaders do not differ beyond chance"
        parts.append(f"{differ} ({paretos.p_text(answer.leaders.all_p)})")
    return " · ".join(parts)


def _change(answer: EventPareto, steps: Steps, row: Mapping[Any, Any], top: float) -> Block:
    stream, measure = answer.stream, answer.question.measure
    name, verdict = str(row["name"]), str(row["verdict"])
    before, after = float(row["expected"]), float(row["after"])
    amounts = [paretos.amount(x, stream, measure) for x in (before, after)]
    aside = paretos.term("alone") if row["alone"] and verdict == "no_change" else ""
    change = paretos.signed(float(row["change"]), decimals=0 if max(before, after) >= 100 else None)
    texts = [*amounts, change, paretos.could_be(row["low"], row["high"]), aside]
    link = steps.into(name).link()
    return pareto_blocks.change(paretos.name(name), link, before, after, top, texts, verdict)


def foot(answer: EventPareto, view: ParetoView) -> list[Block]:
    """What Other holds, how to go on, and what limits the answer."""
    held = len(answer.result.members)
    shown = [blocks.caption(text) for text in answer.warnings]
    if not held:
        return [*shown, pareto_blocks.foot("Select a bar or a name to see what it is made of.")]
    many = paretos.many(paretos.noun(answer.called))
    share = paretos.share(float(answer.result.members["share"].sum()))
    text = f"“Other” holds the {held} smallest {many}, {share} together:"
    target = replace(view, opened=not view.opened).link()
    more = pareto_blocks.foot(text, target, "hide them" if view.opened else "show them")
    return [*shown, more, pareto_blocks.foot("Select a bar or a name to see what it is made of.")]


def tested(answer: EventPareto) -> list[Block]:
    """How the answers were come by."""
    items = [{"lead": "Leaders", "text": text, "note": ""} for text in paretos.leaders_said(answer.leaders)]
    if answer.changes is not None:
        items += [{"lead": "Changes", "text": text, "note": ""} for text in paretos.changes_said(answer.changes)]
    line = paretos.share(answer.result.line)
    text = f"Largest first, until {line} are reached; the one that crosses the line is included. Dark bars."
    items.append({"lead": "The few", "text": text, "note": ""})
    return [blocks.lines("How this was tested", items) | {"count": ""}]


def table(answer: EventPareto) -> pd.DataFrame:
    """All categories one by one, collapsed ones too, with their change where there is one."""
    ranked, stream, measure = answer.result.ranking, answer.stream, answer.question.measure
    unit = {"minutes": " (min)", "cost": f" ({stream.cost_unit})" if stream.cost_unit else ""}.get(measure, "")
    frame = pd.DataFrame({"name": ranked["name"], f"{paretos.measure_word(measure)}{unit}": ranked["amount"]})
    frame["Share"], frame["Running share"] = ranked["share"], ranked["running"]
    frame["Vital few"] = ranked["vital"]
    frame["In Other"] = ranked["name"].isin(set(answer.result.members["name"]))
    if answer.changes is not None:
        changed = _change_columns(answer.changes.table)
        gone = changed.loc[~changed["name"].isin(set(frame["name"])), "name"]  # nothing left of them now
        order = [*frame["name"], *gone]
        frame = frame.merge(changed, on="name", how="outer").set_index("name").loc[order].reset_index()
    frame["name"] = [paretos.name(str(name)) for name in frame["name"]]
    return frame.rename(columns={"name": answer.called})


_CHANGE_COLUMNS = {
    "before": "Before",
    "expected": "Before, same length",
    "change": "Change",
    "low": "Could be from",
    "high": "Could be to",
    "ratio": "Ratio",
    "ratio_low": "Ratio from",
    "ratio_high": "Ratio to",
    "p": "p",
    "p_adjusted": "p, all together (Holm)",
    "verdict": "Verdict",
}


def _change_columns(changed: pd.DataFrame) -> pd.DataFrame:
    shown = changed[["name", *_CHANGE_COLUMNS]].rename(columns=_CHANGE_COLUMNS)
    return shown.assign(Verdict=[paretos.change_word(str(word)) for word in shown["Verdict"]])
