"""review: what the numbers of a KPI mean, as text for a person or as JSON for a program."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import pandas as pd

from opsmetrics.catalog import Kpi, Slice, slice_text
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, WrongUsage
from opsmetrics.cli.layout import facts, table, wrapped
from opsmetrics.desk import Desk, showing
from opsmetrics.desk.finding import dimension_of
from opsmetrics.review import KpiReview
from opsmetrics.verdict import sentences, wording
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.model import STANCES, Stance, Verdict
from opsmetrics.verdict.rare import FURTHEST
from opsmetrics.verdict.tampering import tampering_sentence, tampering_title

RECENT_SIGNALS = 8


def review(given: argparse.Namespace, console: Console) -> int:
    """One KPI's verdict in full, or a list of verdicts: of everything watched, or of each value of a dimension."""
    with owner.reading(given, console) as desk:
        if given.kpi is None:
            reviews = _watched(desk, given, console)
        elif given.by is None:
            kpi = desks.kpi_of(desk.catalog, given.kpi)
            reviews = [_one(desk, kpi, desks.slice_in(desk, kpi, given.slice), given)]
        else:
            reviews = _each_value(desk, given, console)
        showing.keep_where_possible(desk.store, reviews, "terminal")
    alone = given.kpi is not None and given.by is None
    if console.as_json:
        answers = [review_as_dict(item) for item in reviews]
        console.answer(answers[0] if alone else answers)
    elif alone:
        console.say(full(reviews[0]))
    elif not reviews:
        console.say("There is nothing to review: no KPI is watched.")
    else:
        if given.kpi is None:
            verdicts = [item.verdict for item in reviews if item.verdict is not None]
            console.say(f"{wrapped(sentences.headline(verdicts))}\n")
        console.say(listing(reviews))
    return 0


def _one(desk: Desk, kpi: Kpi, slice_: Slice, given: argparse.Namespace) -> KpiReview:
    return desk.review(kpi.key, slice_, grain=given.grain, as_of=given.as_of)


def _watched(desk: Desk, given: argparse.Namespace, console: Console) -> list[KpiReview]:
    if given.by is not None or given.slice:
        raise WrongUsage("--by and --slice need a KPI: review KPI --by DIMENSION.")
    parts = [(kpi, part) for kpi in desk.catalog.kpis for part in desk.slices(kpi)]
    return _reviewed(desk, parts, given, console)


def _each_value(desk: Desk, given: argparse.Namespace, console: Console) -> list[KpiReview]:
    kpi = desks.kpi_of(desk.catalog, given.kpi)
    dimension = dimension_of(kpi, given.by)
    fixed = dict(desks.slice_in(desk, kpi, given.slice))
    if dimension in fixed:
        raise WrongUsage(f"--slice fixes {dimension}, and --by asks for each of its values: give one of them.")
    values = [dict(part) for part in desk.slices(kpi, by=[dimension])]
    parts = [(kpi, tuple(sorted({**value, **fixed}.items()))) for value in values]
    return _reviewed(desk, parts, given, console)


def _reviewed(
    desk: Desk, parts: list[tuple[Kpi, Slice]], given: argparse.Namespace, console: Console
) -> list[KpiReview]:
    reviews = []
    for number, (kpi, part) in enumerate(parts, start=1):
        console.progress(number, len(parts), f"{kpi.key} {slice_text(part)}".strip())
        reviews.append(_one(desk, kpi, part, given))
    return reviews


def listing(reviews: Iterable[KpiReview]) -> str:
    """Reviews as one table for each stance, in the order of Today; those without a verdict come last."""
    newest_first = sorted(reviews, key=lambda item: item.detected, reverse=True)
    blocks = []
    for stance in STANCES:
        group = [item for item in newest_first if item.verdict is not None and item.verdict.stance == stance]
        if group:
            title = f"{wording.stance(stance)} ({len(group)}) · {wording.stance_why(stance)}"
            blocks.append(f"{wrapped(title)}\n{_grouped(stance, group)}")
    without = [item.name for item in newest_first if item.verdict is None]
    if without:
        blocks.append("\n".join(["No verdict at this grain", *without]))
    return "\n\n".join(blocks)


def _grouped(stance: Stance, group: list[KpiReview]) -> str:
    """One line for each, and under it the sentence that says why; of what is left alone the lines only, unless it never
    departed further."""
    head = ["KPI", "value", "period", *(["data"] if stance == "get_data" else []), "variation", "target reached"]
    beneath = [_sentence(item) if stance != "leave_alone" or _furthest(item.verdict) else "" for item in group]
    return table((_line(item, head) for item in group), head, ("value",), spare=("period",), beneath=beneath)


def _furthest(verdict: Verdict | None) -> bool:
    return verdict is not None and FURTHEST in verdict.caveats


def _sentence(item: KpiReview) -> str:
    return "" if item.verdict is None else sentences.render(item.verdict.sentence)


def _line(item: KpiReview, head: list[str]) -> list[object]:
    kpi, verdict = item.kpi, item.verdict
    assert verdict is not None  # those without one are listed by name
    told = {
        "KPI": item.name,
        "value": wording.value(kpi, verdict.value),
        "period": verdict.as_of_period or wording.DASH,
        "data": wording.data(verdict.data, verdict.data_names),
        "variation": wording.variation(verdict.variation, verdict.side),
        "target reached": wording.assurance(verdict.assurance, verdict.firm),
    }
    return [told[name] for name in head]


def _behind(kpi: Kpi, verdict: Verdict) -> str:
    row = {"numerator": verdict.numerator, "denominator": verdict.denominator, "size": verdict.size}
    return wording.behind(kpi, row)


def full(item: KpiReview) -> str:
    """One review in full: value, sentences, the words of its verdict, limits, signals, what is proposed."""
    kpi, verdict = item.kpi, item.verdict
    blocks = [wrapped(f"{item.name} (by {item.series.grain})")]
    if verdict is None:
        lead = f" or {kpi.lead}" if kpi.lead else ""
        blocks.append(wrapped(f"A view without a verdict: {kpi.name} is judged by {kpi.operate}{lead}."))
    else:
        blocks.append(wrapped(_value_line(kpi, verdict)))
        blocks.append(wrapped(_sentence(item)))
        blocks.append(facts([*_verdict_facts(kpi, verdict), ("Id", item.id)]))
    blocks.append(facts([("Chart", _choice(item))]))
    blocks.append(_signals(item))
    blocks.append(facts([("Proposed", proposal) for proposal in item.proposals]))
    if item.tampering is not None:
        blocks.append(facts([(tampering_title(), tampering_sentence(item.tampering, item.series.grain))]))
    return "\n\n".join(block for block in blocks if block)


def _choice(item: KpiReview) -> str:
    """The chart's kind, why it was taken and what was not; nothing where nothing can be drawn."""
    kind, why, rejected = (item.choice.get(name, "") for name in ("kind", "why", "rejected"))
    return f"{kind}. {why} {rejected}".strip() if kind else ""


def _value_line(kpi: Kpi, verdict: Verdict) -> str:
    behind = _behind(kpi, verdict)
    counted = f" ({behind})" if behind else ""
    return f"{verdict.as_of_period or wording.DASH}: {wording.value(kpi, verdict.value)}{counted}"


def _verdict_facts(kpi: Kpi, verdict: Verdict) -> list[tuple[str, str]]:
    limits = wording.limits(kpi, verdict.lower, verdict.upper, unit=True)
    met = "" if verdict.met is None else f", met in {verdict.met[0]} of {verdict.met[1]}"
    why = wording.stance_why(verdict.stance, verdict.firm, furthest=_furthest(verdict))
    return [
        ("Do", f"{wording.stance(verdict.stance)} · {why}"),
        ("Variation", wording.variation(verdict.variation, verdict.side)),
        ("Target", f"{wording.assurance(verdict.assurance, verdict.firm)}{_target(kpi, verdict)}{met}"),
        ("Data", wording.data(verdict.data, verdict.data_names)),
        ("Limits", f"{limits}, centre {wording.value(kpi, verdict.centre)}" if verdict.centre is not None else ""),
        ("Judged", wording.periods(verdict.n, verdict.identity.grain)),
        ("Mind", "; ".join(wording.caveat(code) for code in verdict.caveats)),
    ]


def _target(kpi: Kpi, verdict: Verdict) -> str:
    text = wording.target(kpi, verdict.target)
    return f" ({text})" if text else ""


def _signals(item: KpiReview) -> str:
    """The points with rule hits, newest last: which hits decide, and which are only listed."""
    if item.signals.empty:
        return ""
    hits = item.signals.join(item.points[["label", "value"]], on="position")
    rows = [
        [
            found["label"].iloc[0],
            wording.value(item.kpi, found["value"].iloc[0]),
            ", ".join(side for side in dict.fromkeys(found["side"]) if side != "none"),
            _rules(found[found["decides"]]),
            _rules(found[~found["decides"]]),
        ]
        for _, found in hits.groupby("position", sort=True)
    ]
    shown = rows[-RECENT_SIGNALS:]
    left = len(rows) - len(shown)
    earlier = f"\n({left} earlier; --json lists all)" if left else ""
    return table(shown, ("signal at", "value", "side", "decides", "only listed"), ("value",)) + earlier


def _rules(hits: pd.DataFrame) -> str:
    return "; ".join(wording.rule(rule) for rule in hits["rule"])
