"""Which events the records of a file state, once the columns are located and the stream is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from opsmetrics.catalog import Catalog, Stream
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.template import Template
from opsmetrics.ingest.template_events import CauseColumns, EventRows

#: Text roles beside the dimensions; no dimension's key begins with @.
CATEGORY, SUBCATEGORY, REFERENCE, STATE = "@category", "@subcategory", "@reference", "@state"
_TEXTS = {"category": CATEGORY, "subcategory": SUBCATEGORY, "reference": REFERENCE}


@dataclass(frozen=True)
class EventPlan:
    """What a record means: roles of the layout, by what they give.

    `texts` and `numbers` map part of an event ('category', 'minutes' …) to role; number roles are headers.
    `unit`: whose states these are (shape states); `reporter`: the dimension that says who reported.
    """

    stream: Stream
    rows: EventRows
    dimensions: tuple[str, ...]
    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    closes: bool = False
    unit: str | None = None

    @property
    def states(self) -> bool:
        """True for a log of states."""
        return self.rows.shape == "states"

    @property
    def last(self) -> bool:
        """True where the last record of each reference counts."""
        return self.rows.rows == "last"

    @property
    def causes(self) -> tuple[CauseColumns, ...]:
        """Categories with columns of their own."""
        return self.rows.categories

    @property
    def named(self) -> bool:
        """True where each event has a reference of its own."""
        return self.states or "reference" in self.texts

    @property
    def reporter(self) -> str | None:
        """The dimension whose values are the reporters of the file."""
        return self.unit or self.stream.reported_by


def event_plan(template: Template, catalog: Catalog) -> EventPlan | None:
    """The plan of a template's events, None where it has none.

    Raises IngestRefused (`unknown_stream`, `template_events`).
    """
    rows = template.events
    if rows is None:
        return None
    stream = _stream(rows.stream, template, catalog)
    dimensions = tuple(key for key in template.dimensions if key in stream.dimensions)
    if stream.reported_by and stream.reported_by not in dimensions:
        raise _misfit(template, stream, f"is reported by {stream.reported_by!r}, which no column gives")
    texts = {part: role for part, role in _TEXTS.items() if template.column(part)}
    numbers = {part: header for part in ("count", "minutes", "cost") if (header := template.column(part))}
    unit = _unit(template, stream, dimensions) if rows.shape == "states" else None
    if rows.shape == "states":
        texts["state"] = STATE
    return EventPlan(stream, rows, dimensions, texts, numbers, template.column("end") is not None, unit)


def text_headers(plan: EventPlan, template: Template) -> dict[str, str]:
    """Text role → header of its column."""
    found = {role: header for part, role in plan.texts.items() if (header := template.column(part))}
    return found | ({STATE: plan.rows.state} if plan.rows.state else {})


def number_headers(plan: EventPlan) -> tuple[str, ...]:
    """The headers of the columns of numbers."""
    return (*plan.numbers.values(), *(source for cause in plan.causes for source in cause.sources))


def _stream(key: str, template: Template, catalog: Catalog) -> Stream:
    try:
        return catalog.stream(key)
    except KeyError:
        raise IngestRefused(
            "unknown_stream",
            f"the template '{template.name}' has events of the stream '{key}'",
            f"a stream of the catalogue ({listed(stream.key for stream in catalog.streams) or 'it has none'})",
            f"correct the template, or add [streams.{key}] to the catalogue",
        ) from None


def _unit(template: Template, stream: Stream, dimensions: tuple[str, ...]) -> str:
    """The dimension whose values are up or down."""
    if stream.reported_by:
        return stream.reported_by
    if len(dimensions) != 1:
        raise _misfit(template, stream, "needs one dimension column that says whose state a record is, or reported_by")
    return dimensions[0]


def _misfit(template: Template, stream: Stream, problem: str) -> IngestRefused:
    return IngestRefused(
        "template_events",
        f"the template '{template.name}' does not fit the stream '{stream.key}', which {problem}",
        "columns for what its events carry",
        "correct the template or the catalogue",
    )
