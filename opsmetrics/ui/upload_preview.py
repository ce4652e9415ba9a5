"""The second step of one file as blocks: its columns, and its first and last rows as they will be stored."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest import Badge, Template
from opsmetrics.ingest.cells import fold
from opsmetrics.measurements import counted, stamp_to_sample
from opsmetrics.ui import upload_blocks, upload_events
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.ui.upload_files import Incoming
from opsmetrics.verdict import wording

#: Rows of a preview at either end of the file.
FIRST, LAST = 3, 2
#: Columns whose findings are shown, of those that are read.
COLUMNS = 24
#: A record of a file is shown up to this many characters.
CLIPPED = 90

TIMES = ("date", "ts", "sample")


def preview(file: Incoming, catalog: Catalog) -> list[Block]:
    """The first and last rows as they will be stored, the file's heading over our field."""
    assert file.examined is not None and file.template is not None and file.sheet is not None
    shown = file.examined.preview  # its line and its time come first, whatever the file calls its columns
    own = {fold(header): header for header in file.sheet.headers}  # a template may write "Date" for the file's "date"
    fields = {own.get(fold(header), header): word for header, word in fields_of(file.template, catalog).items()}
    headers = [own.get(fold(str(name)), str(name)) for name in shown.columns[2:]]
    parts = tuple(own.get(fold(part), part) for part in file.template.date_parts)
    stamps = (own.get(fold(h), h) for h, role in file.template.columns.items() if role in TIMES)
    time = next(stamps, " ".join(parts))
    columns = [column("line", right=True, narrow=True), column("date or time", over=time)]
    for place, header in enumerate(headers, start=2):
        numeric = pd.api.types.is_numeric_dtype(shown.iloc[:, place])
        columns.append(column(fields.get(header, "") or header, over=header, right=numeric))
    lines = list(shown.itertuples(index=False, name=None))
    told = [(time, *parts), *((header,) for header in headers)]
    rows = [
        _preview_row(line, [" ".join(filter(None, map(record.get, names))) for names in told], not file.template.timed)
        for line, record in zip(lines, file.written, strict=True)
    ]
    found = _columns(file.badges, fields)
    found += [upload_blocks.grid("First and last rows, as they will be stored", columns, _ends(rows))]
    unused = [h for h in file.sheet.headers if h not in (*headers, *parts, time)]
    if unused:
        more = f" and {len(unused) - COLUMNS:,} more" if len(unused) > COLUMNS else ""
        found.append(upload_blocks.said(f"Not used: {', '.join(unused[:COLUMNS])}{more}", muted=True))
    return found


def _columns(badges: Sequence[Badge], fields: Mapping[str, str]) -> list[Block]:
    """Each column that is read as one line: its heading over our field, how it is read, how much of it is empty, from
    what to what."""
    united = any(badge.unit for badge in badges)
    heads = ("Column", "Read as", *(["Unit"] if united else []), "Empty", "Least", "Most", "For example")
    right, roomy = ("Empty", "Least", "Most"), ("Empty", "For example")
    columns = [column(name, right=name in right, roomy=name in roomy) for name in heads]
    rows = []
    for badge in badges[:COLUMNS]:
        field = fields.get(badge.header, "")
        empty = wording.DASH if badge.empty is None else share_text(badge.empty)
        rows.append(
            [
                cell(badge.header, under="" if fold(field) == fold(badge.header) else field),
                cell(badge.told, "told"),
                *([cell(badge.unit, "thin")] if united else []),
                cell(empty, "data" if badge.empty else "muted"),
                *(cell(_end(value), "thin") for value in (badge.least, badge.most)),
                cell(" · ".join(clip(text, 24) for text in badge.examples), "muted"),
            ]
        )
    found = [upload_blocks.grid("Columns that are read", columns, rows)]
    more = len(badges) - COLUMNS
    if more > 0:
        found.append(upload_blocks.said(f"and {counted(more, '{n} more column', '{n} more columns')}", muted=True))
    return found


def share_text(share: float) -> str:
    """A share of cells, never rounded to none or to all of them."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    return f"{share * 100:.3g} %"


def _end(value: float | dt.datetime | None) -> str:
    return moment(pd.Timestamp(value)) if isinstance(value, dt.datetime) else grouped(value)


def _ends(rows: list[list[Block]]) -> list[list[Block]]:
    if len(rows) <= FIRST + LAST + 1:
        return rows
    return [*rows[:FIRST], [cell("…", "muted") for _ in rows[0]], *rows[-LAST:]]


def _preview_row(line: tuple[Any, ...], written: Sequence[str], sampled: bool) -> list[Block]:
    """One record; below each value stands the file's own text where it differs."""
    stamp = pd.Timestamp(line[1])
    time = str(stamp_to_sample(stamp)) if sampled else moment(stamp)
    texts = [time, *(figure_text(value) for value in line[2:])]
    under = [raw if _differs(text, raw) else "" for text, raw in zip(texts, written, strict=True)]
    first, *others = (cell(text, under=clip(raw, 40)) for text, raw in zip(texts, under, strict=True))
    return [cell(str(line[0]), "muted"), {**first, "style": "thin"}, *others]


def _differs(text: str, raw: str) -> bool:
    """Whether a reader would take the file's text for something else than the value: 1330.0 is no other than 1330."""
    raw = raw.strip()
    if not raw or raw == text or raw.removesuffix(" 00:00:00") == text:
        return False
    try:
        return float(raw) != float(text)
    except ValueError:
        return True


def moment(stamp: pd.Timestamp) -> str:
    """A stamp as it sorts; a day where it has no time of day."""
    return f"{stamp:%Y-%m-%d}" if stamp == stamp.normalize() else f"{stamp:%Y-%m-%d %H:%M}"


def figure_text(value: Any) -> str:
    """A stored value in full; "" where there is none."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.10g}"
    return "" if value is None else str(value)


def grouped(value: Any) -> str:
    """The same with its thousands apart, as all pages write numbers."""
    return f"{value:,.10g}" if isinstance(value, float) and not math.isnan(value) else figure_text(value)


def fields_of(template: Template, catalog: Catalog) -> dict[str, str]:
    """Header → our field: the name of the dimension, the count or value of the KPI."""
    dimensions = {dimension.key: dimension.name for dimension in catalog.dimensions}
    called = dimensions | {"ts": "date with time"} | upload_events.words(template, catalog)
    found = {header: called.get(role, role) for header, role in template.columns.items()}
    found |= upload_events.causes(template)
    alone = len(template.kpis) == 1
    for entry in template.kpis:
        if entry.key not in catalog:
            continue
        kpi = catalog[entry.key]
        for part in ("numerator", "denominator", "value"):
            header = getattr(entry, part)
            if header:
                words = part_name(kpi, part)
                named = words if alone else f"{kpi.name}: {words}"
                held = found.get(header)
                found[header] = f"{held}, {named}" if held and header not in template.columns else named
        found |= {entry.rate: f"{kpi.name}: share"} if entry.rate else {}
        found |= {header: f"{kpi.name}: reading {n}" for n, header in enumerate(entry.values, start=1)}
    return found


def part_name(kpi: Kpi, part: str) -> str:
    """What a part of a KPI is called: "late orders" rather than numerator."""
    named = {"numerator": kpi.numerator, "denominator": kpi.denominator}.get(part)
    return named or part


def clip(text: str, most: int = CLIPPED) -> str:
    """A text cut to so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
