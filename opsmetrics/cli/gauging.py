"""gauge: how much of the variation the measuring makes, from a file of repeated measurements."""

from __future__ import annotations

import argparse
from typing import Any

from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk.gauge import ROLES, GaugeOptions, GaugeRefused, gauge_of_file
from opsmetrics.desk.gauge_sentences import ToldGauge
from opsmetrics.desk.gauge_words import say


def gauge(given: argparse.Namespace, console: Console) -> int:
    """The study of a file as text, or as JSON. Nothing is stored, and no store is opened."""
    columns = dict(given.column)
    unknown = [role for role in columns if role not in ROLES]
    if unknown:
        raise Refused(f"Found --column {unknown[0]}, wanted one of {', '.join(ROLES)}.")
    options = GaugeOptions(
        design="nested" if given.nested else "crossed",
        alpha=given.alpha,
        tolerance=given.tolerance,
        k=given.k,
    )
    try:
        found = gauge_of_file(given.file, options, columns=columns, answers=dict(given.answer))
    except GaugeRefused as refused:
        raise Refused(str(refused)) from None
    told = ToldGauge(found)
    if console.as_json:
        console.answer(as_dict(told))
    else:
        console.say(full(told))
    return 0


def full(told: ToldGauge) -> str:
    """One study in words: headline, components, analysis of variance, averages and ranges."""
    head = [wrapped(told.made_of()), wrapped(f"{told.headline()} {told.lead()}".strip())]
    named = told.component_head()
    parts = [table(told.component_rows(), named, right=named[1:])]
    variances = (say("variances"), say("variance"), say("interval"))
    parts.append(table(told.variance_rows(), variances, right=variances[1:]))
    anova = (say("anova"), say("df"), say("f"), say("p"))
    parts.append(table(told.anova_rows(), anova, right=anova[1:]))
    parts += [table(told.range_rows(), (say("ranges"), ""))] if told.range_rows() else []
    return "\n\n".join(head + parts)


def as_dict(told: ToldGauge) -> dict[str, Any]:
    """The study as plain values."""
    study, ranges = told.gauge.study, told.gauge.ranges
    return {
        "headline": told.headline(),
        "lead": told.lead(),
        "level": told.level,
        "design": study.design,
        "parts": study.parts,
        "operators": study.operators,
        "trials": study.trials,
        "components": {name: vars(one) for name, one in study.components.items()},
        "anova": [vars(row) for row in study.table],
        "pooled": study.pooled,
        "f_interaction": study.f_interaction,
        "p_interaction": study.p_interaction,
        "ndc": study.ndc,
        "ndc_exact": study.ndc_exact,
        "k": study.k,
        "tolerance": study.tolerance,
        "average_range": None if ranges is None else vars(ranges),
        "warnings": list(study.warnings),
    }
