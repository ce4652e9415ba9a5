"""The words of the definitions page: labels of the form, its groups, and what codes mean there."""

from __future__ import annotations

#: Groups of the form: title, keys in order, folded at first.
GROUPS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("What is measured", ("description", "numerator", "denominator", "statistic", "within", "formula", "events",
                          "unit", "decimals"), False),
    ("Target", ("target",), False),
    ("Where it belongs", ("category", "owner", "parent", "dimensions", "reported_by", "watch", "watch_by"), False),
    ("Time", ("operate", "lead", "expected_after", "recorded", "calendar"), True),
    ("Chart and limits", ("chart", "rules", "lower_bound", "upper_bound", "spec_lower", "spec_upper", "multiplier",
                          "cost_per_unit"), True),
)  # fmt: skip

LABELS: dict[str, str] = {
    "name": "Name",
    "kind": "Kind",
    "better": "Which way is good",
    "description": "How it is counted, in a sentence",
    "owner": "Owner",
    "category": "Heading under which it stands",
    "parent": "Part of",
    "target": "Target",
    "unit": "Unit",
    "multiplier": "Factor from stored to shown values",
    "decimals": "Decimals",
    "numerator": "What is counted",
    "denominator": "Out of what",
    "statistic": "One value for each period",
    "within": "Limit, in the unit of the readings",
    "formula": "Formula, from the keys of other KPIs",
    "events": "Fed by the events of",
    "lower_bound": "Lowest possible value",
    "upper_bound": "Highest possible value",
    "cost_per_unit": "Cost of one unit too many",
    "spec_lower": "Lower specification limit of one reading",
    "spec_upper": "Upper specification limit of one reading",
    "dimensions": "Told apart by",
    "reported_by": "Reported by each",
    "watch": "Slices on Today, one on a line",
    "watch_by": "One slice on Today for each",
    "operate": "Judged by",
    "lead": "Led by",
    "recorded": "Rows without a time are written by",
    "calendar": "Calendar",
    "expected_after": "Data are late after",
    "chart": "Chart",
    "rules": "Rules that decide",
}

KIND_WORDS: dict[str, str] = {
    "proportion": "Proportion: so many of so many (defect rate, first-pass yield, on time)",
    "rate": "Rate: events per unit of exposure (falls per 1,000 bed days, defects per unit)",
    "count": "Count: events in a period (stops, complaints, tickets)",
    "ratio": "Ratio: one quantity over another (energy per unit, availability, uptime)",
    "measured": "Measured: readings (waits, weights, temperatures)",
    "rare": "Rare: events that most periods do not have (injuries, stock-outs)",
    "derived": "Derived: a formula of other KPIs (OEE, rolled throughput yield)",
}

WORDS: dict[str, str] = {
    "higher": "higher is better",
    "lower": "lower is better",
    "neither": "neither: a range, or no side",
    "mean": "mean",
    "median": "median: half are below",
    "p90": "p90: nine in ten are below",
    "share_within": "share of readings within a limit",
    "sample": "sample number, without a calendar",
    "rule_1": "only points beyond the limits",
    "daily": "beyond the limits, 8 on one side",
    "western_electric": "Western Electric",
    "nelson": "Nelson",
    "aiag": "AIAG",
    "nhs": "NHS Making Data Count",
    "nhs_announced": "NHS Making Data Count, as announced",
    "anhoej": "Anhøj's two tests",
    "ihi": "IHI run chart rules",
}
