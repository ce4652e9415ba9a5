"""Files read with the templates that are kept: a template may name the sheet that a workbook leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from opsmetrics.ingest.mended_rejects import Kept, mended_sheet, mended_text
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer
from opsmetrics.ingest.sheet import Sheet, read_file
from opsmetrics.ingest.template import Template, choose_template


def read_known(
    path: Path,
    templates: Iterable[Template],
    *,
    name: str | None = None,
    answers: Mapping[str, str] | None = None,
    kept: Kept | None = None,
    template: Template | None = None,
) -> Sheet:
    """As `read_file`; where only the sheet of a workbook is open, the one template that names a sheet of its own
    header decides. A file of rejects is read as the file was that they came from, of which `kept` tells
    (`Sheet.mending`), also where a `template` is named. Raises what `read_file` raises, and as `mending`."""
    known = tuple(templates)
    mended = mended_text(path, kept, (template,) if template else known, name)
    if mended is not None:
        return mended
    sheet = (
        read_file(path, name=name, template=template, answers=answers)
        if template
        else _read(path, known, name, answers)
    )
    return mended_sheet(sheet, kept, (template,) if template else known) or sheet


def _read(path: Path, templates: Iterable[Template], name: str | None, answers: Mapping[str, str] | None) -> Sheet:
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
