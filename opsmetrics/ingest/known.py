"""Files read with the templates that are kept: a template may name the sheet that a workbook leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer
from opsmetrics.ingest.sheet import Sheet, read_file
from opsmetrics.ingest.template import Template, choose_template


def read_known(
    path: Path, templates: Iterable[Template], *, name: str | None = None, answers: Mapping[str, str] | None = None
) -> Sheet:
    """As `read_file`; where only the sheet of a workbook is open, the one template that names a sheet of its own
    header decides. Raises what `read_file` raises."""
    try:
        return read_file(path, name=name, answers=answers)
    except NeedsAnswer:
        found = [sheet for t in templates if t.sheet and (sheet := _fitting(path, t, name)) is not None]
        if len({sheet.part for sheet in found}) != 1:
            raise
        return found[0]


def _fitting(path: Path, template: Template, name: str | None) -> Sheet | None:
    try:
        sheet = read_file(path, name=name, template=template)
    except (IngestRefused, NeedsAnswer):
        return None  # the question about the sheet says more than another template's refusal
    return sheet if choose_template(sheet, [template]) is not None else None
