"""A log of states becomes outages: each lasts from the first record in a state that means down to its unit's next
record in another state.

A log seldom begins where an outage does. One that the store holds already, that has no end or one within the log, goes
on here: the unit's first record continues or ends it, and it keeps its reference, so that a year of daily logs gives
the same outages as one log of the year.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt

from opsmetrics.ingest.event_plan import EventPlan
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import listed
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import among, text
from opsmetrics.measurements import Notice, Reaching, StoredEvent

#: Where the events of a log come from: records as `r`, outages as `o`.
OUTAGES = "record r JOIN outage o USING (line)"

#: Open outages that a warning names.
_NAMED = 6
_ORDER = "PARTITION BY unit ORDER BY observed_at, line"


def has_state(layout: Layout, plan: EventPlan) -> str:
    """True where a record says a state."""
    return f"{layout.text_name(plan.texts['state'])} <> ''"


def find_outages(scratch: Scratch, layout: Layout, reaching: Reaching | None) -> None:
    """Table `outage` of a log of states: line of its first record here, since, up (null: open), early (the unit's
    first record is down, and nothing is known from before), reference, and of one that goes on its category.

    Two that begin at one instant are one, as the last of their records says.
    """
    plan = layout.events
    if plan is None or plan.unit is None or not plan.states:
        return
    down = among(f"lower({layout.text_name(plan.texts['state'])})", [word.casefold() for word in plan.rows.down])
    scratch.run(
        f"CREATE TABLE seen AS SELECT line, observed_at, {layout.text_name(plan.unit)} AS unit, {down} AS down "
        f"FROM record WHERE {has_state(layout, plan)}"
    )
    ends = f"lag(down) OVER ({_ORDER}) AS was, min(observed_at) FILTER (NOT down) OVER ({_ORDER} ROWS BETWEEN "
    ends += "1 FOLLOWING AND UNBOUNDED FOLLOWING) AS up"
    scratch.run(
        "CREATE TABLE outage AS SELECT line, unit, observed_at AS since, up, was IS NULL AS early, "
        f"{_reference('observed_at')} AS reference, NULL::VARCHAR AS category, NULL::VARCHAR AS subcategory "
        f"FROM (SELECT *, {ends} FROM seen) "
        "WHERE down AND NOT coalesce(was, FALSE) "
        "QUALIFY row_number() OVER (PARTITION BY unit, observed_at ORDER BY line DESC) = 1"
    )
    if reaching is not None:
        _go_on(scratch, plan, reaching)


def _reference(since: str) -> str:
    """The unit and the instant at which its outage began; text that no file needs to give."""
    return f"unit || ' ' || replace(strftime({since}, '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '') || 'Z'"


def _go_on(scratch: Scratch, plan: EventPlan, reaching: Reaching) -> None:
    """Outages from before the log: those that the first records continue, and those that they end."""
    first, last = scratch.rows("SELECT min(observed_at), max(observed_at) FROM seen")[0]
    held = () if first is None else reaching(plan.stream.key, first, last)
    units = ((event, event.dimensions.get(plan.unit or "")) for event in held)
    rows = ", ".join(_row(event, unit) for event, unit in units if unit is not None)
    if not rows:
        return
    scratch.run(
        "CREATE TABLE going AS SELECT line, observed_at, down, since, reference, category, subcategory "
        f"FROM (SELECT *, row_number() OVER ({_ORDER}) AS place FROM seen) JOIN "
        f"(VALUES {rows}) AS held(unit, since, until, reference, category, subcategory) USING (unit) "
        f"WHERE place = 1 AND since < observed_at AND (until IS NULL OR until >= observed_at) "
        f"AND reference = {_reference('since')} "
        "QUALIFY row_number() OVER (PARTITION BY line ORDER BY since DESC) = 1"
    )
    scratch.run(
        "UPDATE outage SET since = going.since, early = FALSE, reference = going.reference, "
        "category = going.category, subcategory = going.subcategory FROM going WHERE going.line = outage.line"
    )
    scratch.run(
        "INSERT INTO outage SELECT line, NULL, since, observed_at, FALSE, reference, category, subcategory "
        "FROM going WHERE NOT down"
    )


def _row(event: StoredEvent, unit: str) -> str:
    until = "NULL"
    if event.minutes is not None:
        until = f"'{event.observed_at + dt.timedelta(minutes=event.minutes)}'"
    told = [text(unit), f"TIMESTAMP '{event.observed_at}'", f"{until}::TIMESTAMP"]
    return f"({', '.join([*told, text(event.reference), text(event.category), text(event.subcategory)])})"


def state_notices(scratch: Scratch, layout: Layout, plan: EventPlan) -> list[Notice]:
    """What was made of the states."""
    outages, early, before, records = scratch.rows(
        "SELECT count(*), count_if(early), count_if(since < observed_at), (SELECT count(*) FROM seen) "
        "FROM outage LEFT JOIN (SELECT line, observed_at FROM seen) USING (line)"
    )[0]
    told = f"{records:,} states make {outages:,} outages: an outage lasts until its unit's next state that is not down."
    found = [Notice("states", told)]
    assert plan.unit is not None
    rows = scratch.rows(
        f"SELECT r.{layout.text_name(plan.unit)}, o.since FROM {OUTAGES} WHERE o.up IS NULL ORDER BY 2, 1"
    )
    if rows:
        since = listed((f"{unit} since {at:%Y-%m-%d %H:%M} UTC" for unit, at in rows), _NAMED)
        found.append(Notice("open_events", f"{len(rows)} outages have no end in the file and stay open: {since}."))
    if before:
        found.append(Notice("outages_go_on", f"{before} outages that were stored already go on or end in this file."))
    if early:
        said = f"{early} units are down in their first record: their outage may have begun earlier."
        found.append(Notice("began_before", said))
    return found
