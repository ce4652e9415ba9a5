"""What the records of a file say happened: events checked, told apart and turned into rows.

A record states an event where it can be placed in time and its numbers say something: an empty cell in a column of
counts (or in every column of a table of causes) is a missing value, a zero is a record without an event. A log of
states states no events: outages follow from its records (`outages`).
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Iterator, Sequence

from opsmetrics.ingest import faults
from opsmetrics.ingest.clock import Clock
from opsmetrics.ingest.event_plan import EventPlan, number_headers
from opsmetrics.ingest.faults import COLUMN, Fault, stored
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.outages import has_state, state_notices
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.template_events import CauseColumns
from opsmetrics.measurements import Notice, counted


def stated_sql(layout: Layout) -> str:
    """True where a record of the stage states an event (or a state, in a log of states)."""
    plan = layout.events
    if plan is None:
        return "FALSE"
    if plan.states:
        return has_state(layout, plan)
    if plan.causes:
        names = (layout.number_name(header) for header in number_headers(plan))
        return f"coalesce({', '.join(names)}) IS NOT NULL"
    return f"{layout.number_name(plan.numbers['count'])} IS NOT NULL" if "count" in plan.numbers else "TRUE"


def measure_time(scratch: Scratch, layout: Layout, clock: Clock) -> None:
    """Readings that are the minutes from a record's time to its end; none where it has not ended."""
    for role in layout.lasting:
        minutes = f"date_diff('millisecond', {clock.sql}, {clock.ended}) / 60000.0"
        scratch.run(f"UPDATE stage SET {layout.number_name(role)} = {minutes} WHERE fault = 0")


def mark_events(scratch: Scratch, layout: Layout, clock: Clock) -> None:
    """Mark records whose event is impossible: an empty key, a negative number, an end before the start."""
    plan = layout.events
    if plan is None:
        return
    for condition, fault, column in _rules(layout, plan, clock):
        scratch.run(f"UPDATE stage SET fault = {stored(fault, column)} WHERE fault = 0 AND ({condition})")


def _rules(layout: Layout, plan: EventPlan, clock: Clock) -> Iterator[tuple[str, Fault, int]]:
    needed = [role for role in (plan.texts.get("reference"), plan.reporter) if role]
    for role in needed:
        yield f"{layout.text_name(role)} = ''", faults.EMPTY_KEY, layout.texts[role]
    for header in number_headers(plan):
        yield f"{layout.number_name(header)} < 0", faults.NEGATIVE, layout.numbers[header]
    if layout.end is not None:
        yield f"{clock.ended} < {clock.sql}", faults.ENDS_BEFORE, layout.end


def settle_references(scratch: Scratch, layout: Layout) -> None:
    """One record for each reference: the last one where the template says so, else equal ones are duplicates and
    differing ones are all held back."""
    plan = layout.events
    if plan is None or "reference" not in plan.texts:
        return
    role = plan.texts["reference"]
    name, mine = layout.text_name(role), f"FROM record WHERE {stated_sql(layout)}"
    if plan.last:
        place = f"row_number() OVER (PARTITION BY {name} ORDER BY observed_at DESC, line DESC)"
        older = f"SELECT line FROM (SELECT line, {place} AS place FROM record) WHERE place > 1"
        scratch.run(f"UPDATE stage SET fault = {faults.SUPERSEDED * COLUMN} WHERE rowid IN ({older})")
        return
    says, part = f"row({', '.join(_said(layout))})::VARCHAR", f"PARTITION BY {name}"
    ranked = f"row_number() OVER ({part} ORDER BY line) AS place, count(*) OVER ({part}) AS times"
    ends = f"min({says}) OVER ({part}) AS least, max({says}) OVER ({part}) AS most"
    scratch.run(
        "CREATE TABLE twice AS SELECT line, place, least <> most AS clash "
        f"FROM (SELECT line, {ranked}, {ends} {mine}) WHERE times > 1"
    )
    for condition, fault in (
        ("clash", stored(faults.REPEATED_REFERENCE, layout.texts[role])),
        ("NOT clash AND place > 1", faults.DUPLICATE * COLUMN),
    ):
        lines = f"SELECT line FROM twice WHERE {condition}"
        scratch.run(f"UPDATE stage SET fault = {fault} WHERE rowid IN ({lines})")
    scratch.run("DROP TABLE twice")


def _said(layout: Layout) -> list[str]:
    """Everything that a record says, as columns of the stage."""
    names = [*map(layout.text_name, layout.texts), *map(layout.number_name, layout.numbers)]
    return ["observed_at", *(["ended_at"] if layout.end is not None else []), *names]


# Rows


def events_sql(layout: Layout, dimensions: Sequence[str]) -> str | None:
    """The events as rows of `measurements.events_schema` over all dimensions; None where the file states none."""
    plan = layout.events
    if plan is None or plan.states:
        return None
    if plan.causes:
        return " UNION ALL ".join(_cause(layout, plan, cause, dimensions) for cause in plan.causes)
    numbers = {part: f"r.{layout.number_name(header)}" for part, header in plan.numbers.items()}
    category = _text(layout, plan, "category")
    if plan.closes:
        numbers["minutes"] = "(epoch_us(r.ended_at) - epoch_us(r.observed_at)) / 60000000.0"
    held = plan.texts.get("reference")
    reference = f"r.{layout.text_name(held)}" if held else "NULL"
    there = f"{stated_sql(layout)}{_not_zero(numbers)}"
    return _select(layout, plan, dimensions, category, numbers, reference, there)


def _not_zero(numbers: dict[str, str]) -> str:
    return f" AND {numbers['count']} <> 0" if "count" in numbers else ""


def _cause(layout: Layout, plan: EventPlan, cause: CauseColumns, dimensions: Sequence[str]) -> str:
    """The events of one category that has columns of its own: one for each record that has any of it."""
    given = {"count": cause.count, "minutes": cause.minutes, "cost": cause.cost}
    numbers = {part: f"r.{layout.number_name(header)}" for part, header in given.items() if header}
    there = " OR ".join(f"coalesce({name}, 0) <> 0" for name in numbers.values())
    return _select(layout, plan, dimensions, text(cause.name), numbers, "NULL", f"({there})")


def _text(layout: Layout, plan: EventPlan, part: str) -> str:
    role = plan.texts.get(part)
    return f"r.{layout.text_name(role)}" if role else "''"


def _select(
    layout: Layout,
    plan: EventPlan,
    dimensions: Sequence[str],
    category: str,
    numbers: dict[str, str],
    reference: str,
    condition: str,
) -> str:
    columns = [f"{text(plan.stream.key)} AS stream", "r.observed_at"]
    for name in dimensions:
        value = f"nullif(r.{layout.text_name(name)}, '')" if name in plan.dimensions else "NULL"
        columns.append(f'{value}::VARCHAR AS "{name}"')
    columns += [f"{category} AS category", f"{_text(layout, plan, 'subcategory')} AS subcategory"]
    columns += [f"{numbers.get(part, 'NULL')}::DOUBLE AS {part}" for part in ("count", "cost", "minutes")]
    columns.append(f"{reference}::VARCHAR AS reference")
    return f"SELECT {', '.join(columns)} FROM record r WHERE {condition}"


# Warnings


def event_notices(scratch: Scratch, layout: Layout) -> list[Notice]:
    """What was made of the records, and what may have been meant otherwise."""
    plan = layout.events
    if plan is None:
        return []
    if plan.states:
        return state_notices(scratch, layout, plan)
    found = []
    if plan.closes:
        (open_,) = scratch.rows(f"SELECT count(*) FROM record WHERE ended_at IS NULL AND {stated_sql(layout)}")[0]
        if open_:
            one = "{n} event has no end: it counts as not closed yet."
            many = "{n} events have no end: they count as not closed yet."
            found.append(Notice.counting("open_events", open_, one, many))
    if zero := _without_event(scratch, layout, plan):
        one = "{n} record says zero: it counts as loaded and gives no event."
        many = "{n} records say zero: they count as loaded and give no event."
        found.append(Notice.counting("no_event", zero, one, many))
    if not plan.named:
        found += _equal_events(scratch, layout)
    return found


def _without_event(scratch: Scratch, layout: Layout, plan: EventPlan) -> int:
    headers = number_headers(plan) if plan.causes else [h for p, h in plan.numbers.items() if p == "count"]
    if not headers:
        return 0
    zero = " AND ".join(f"coalesce({layout.number_name(header)}, 0) = 0" for header in headers)
    return int(scratch.rows(f"SELECT count(*) FROM record WHERE {stated_sql(layout)} AND {zero}")[0][0])


def _equal_events(scratch: Scratch, layout: Layout) -> list[Notice]:
    """Records that equal another one in every column, also in those that are not read."""
    again = f"SELECT count(*) AS times FROM record WHERE {stated_sql(layout)} GROUP BY whole HAVING count(*) > 1"
    (count,) = scratch.rows(f"SELECT coalesce(sum(times - 1), 0) FROM ({again})")[0]
    if not count:
        return []
    one, many = "{n} record equals another one", "{n} records equal another one"
    told = f"{counted(count, one, many)} in every column; without a reference each is an event of its own."
    return [Notice("possible_duplicates", told)]
