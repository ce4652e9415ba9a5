"""A log of states: each record says in which state a unit was, and states that mean down make outages.

The records themselves are loaded; the store makes outages of all that are in force, so that a year of daily logs gives
the same as one log of the year. Here the outages of the file alone are found, to tell a person what it holds.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Sequence

from opsmetrics.ingest.event_plan import STATE, EventPlan
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import listed
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import among, text
from opsmetrics.measurements import Notice, counted

#: Open outages that a warning names.
_NAMED = 6
_ORDER = "PARTITION BY unit ORDER BY observed_at, line"


def has_state(layout: Layout, plan: EventPlan) -> str:
    """True where a record says a state."""
    return f"{layout.text_name(plan.texts['state'])} <> ''"


def states_sql(layout: Layout, dimensions: Sequence[str]) -> str | None:
    """The records as rows of `measurements.states_schema` over all dimensions; None where the file is no log of
    states."""
    plan = layout.events
    if plan is None or plan.unit is None or not plan.states:
        return None
    columns = [f"{text(plan.stream.key)} AS stream", "observed_at"]
    for name in dimensions:
        value = f"nullif({layout.text_name(name)}, '')" if name in plan.dimensions else "NULL"
        columns.append(f'{value}::VARCHAR AS "{name}"')
    for part in ("category", "subcategory"):
        role = plan.texts.get(part)
        columns.append(f"{layout.text_name(role) if role else text('')} AS {part}")
    cost = plan.numbers.get("cost")
    columns.append(f"{layout.number_name(cost) if cost else 'NULL'}::DOUBLE AS cost")
    columns += [f"{layout.text_name(plan.unit)} AS _unit", f"{layout.text_name(STATE)} AS _state"]
    columns += [f"{_down(layout, plan)} AS _down", "line::BIGINT AS _line"]
    return f"SELECT {', '.join(columns)} FROM record WHERE {has_state(layout, plan)}"


def state_notices(scratch: Scratch, layout: Layout, plan: EventPlan) -> list[Notice]:
    """What the states of the file make by themselves."""
    assert plan.unit is not None
    seen = f"SELECT line, observed_at, {layout.text_name(plan.unit)} AS unit, {_down(layout, plan)} AS down "
    seen += f"FROM record WHERE {has_state(layout, plan)}"
    ends = f"lag(down) OVER ({_ORDER}) AS was, min(observed_at) FILTER (NOT down) OVER ({_ORDER} ROWS BETWEEN "
    ends += "1 FOLLOWING AND UNBOUNDED FOLLOWING) AS up"
    scratch.run(
        "CREATE TABLE outage AS SELECT unit, observed_at AS since, up, was IS NULL AS early "
        f"FROM (SELECT *, {ends} FROM ({seen})) WHERE down AND NOT coalesce(was, FALSE) "
        "QUALIFY row_number() OVER (PARTITION BY unit, observed_at ORDER BY line DESC) = 1"
    )
    outages, early, records = scratch.rows(
        f"SELECT count(*), count_if(early), (SELECT count(*) FROM ({seen})) FROM outage"
    )[0]
    made = (
        counted(records, "{n} state makes ", "{n} states make "),
        counted(outages, "{n} outage: ", "{n} outages: "),
        "an outage lasts until its unit's next state that is not down.",
    )
    found = [Notice("states", "".join(made))]
    rows = scratch.rows("SELECT unit, since FROM outage WHERE up IS NULL ORDER BY since, unit")
    if rows:
        since = listed((f"{unit} since {at:%Y-%m-%d %H:%M} UTC" for unit, at in rows), _NAMED)
        one = "{n} outage has no end in the file and stays open until another file says so: "
        many = "{n} outages have no end in the file and stay open until another file says so: "
        found.append(Notice("open_events", f"{counted(len(rows), one, many)}{since}."))
    if early:
        one = "{n} unit is down in its first record: its outage goes on from an earlier file, or began at an "
        many = "{n} units are down in their first record: their outages go on from an earlier file, or began at an "
        found.append(Notice("began_before", f"{counted(early, one, many)}unknown time before."))
    return found


def _down(layout: Layout, plan: EventPlan) -> str:
    """True where a record's state means down."""
    return among(f"lower({layout.text_name(plan.texts['state'])})", [word.casefold() for word in plan.rows.down])
