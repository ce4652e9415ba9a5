"""Where the columns that a template names stand in a file; what is missing, renamed, doubled or new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.drift import columns_drift
from opsmetrics.ingest.header import without_comment
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer, Question, column_of, listed
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.measurements import Notice

#: New columns offered as the new name of a missing one.
OFFERED = 8


@dataclass(frozen=True)
class Located:
    """Wanted header → position in the sheet."""

    positions: Mapping[str, int]
    notices: tuple[Notice, ...] = ()


def locate(
    sheet: Sheet,
    wanted: Sequence[str],
    answers: Mapping[str, str],
    header: Sequence[str] = (),
    last: Sequence[str] = (),
) -> Located:
    """Find the wanted columns; `header` lists all columns that such files used to have, in order, where known; `last`
    those of the last file of the source, beside which it is said what changed.

    Raises NeedsAnswer (`no_header`, `duplicate_header:…`, `renamed:…`), IngestRefused (`missing_column`, `no_header`).
    """
    if sheet.head.line is None and not {fold(w) for w in wanted} <= {fold(h) for h in sheet.headers}:
        said = "The file has no header; its columns were taken in the order of the template."
        return Located(_by_order(sheet, wanted, header or wanted, answers), (Notice("no_header", said),))
    positions: dict[str, int] = {}
    questions: list[Question] = []
    notices: list[Notice] = []
    known = [fold(name) for name in header] == [fold(name) for name in sheet.headers]
    for name in wanted:
        found = [i for i, own in enumerate(sheet.headers) if fold(own) == fold(name)]
        if not found and sheet.headers and fold(sheet.headers[0]) == fold(without_comment(name)):
            found = [0]  # '#date', read as 'date'
        doubles = [i for i, raw in enumerate(sheet.head.raw) if fold(raw) == fold(name)]
        if len(doubles) > 1 and not known:
            question = _double_question(sheet, name, doubles)
            choice = question.answered(answers)
            if choice is None:
                questions.append(question)
            else:
                positions[name] = column_of(choice)
                said = f"Of {len(doubles)} columns called '{name}', {choice} was taken, as answered."
                notices.append(Notice("duplicate_header", said))
        elif found:
            positions[name] = found[0]
    if questions:
        raise NeedsAnswer(questions)
    moved = dict(_renamed(sheet, [n for n in wanted if n not in positions], [*header, *wanted], answers))
    new = {name: sheet.headers[position] for name, position in moved.items()}
    since = "the last file of this source" if last else "the template was made"
    told = columns_drift(last or header or wanted, sheet.headers, new, bool(last or header), since)
    return Located(positions | moved, (*notices, *told))


def _by_order(sheet: Sheet, wanted: Sequence[str], header: Sequence[str], answers: Mapping[str, str]) -> dict[str, int]:
    """Positions in a file without header, by the order of its columns, if a person says so."""
    if len(header) == len(sheet.headers):
        question = Question(
            "no_header",
            "The file has no header row; its first line looks like a record.",
            (f"in order: its columns are {', '.join(header)}", "refuse: it is another kind of file"),
        )
        choice = question.answered(answers)
        if choice is None:
            raise NeedsAnswer([question])
        if choice == "in order":
            order = [fold(name) for name in header]
            return {name: order.index(fold(name)) for name in wanted}
    raise IngestRefused(
        "no_header",
        f"{len(sheet.headers)} columns without a header row",
        f"a header with {listed(wanted)}",
        "export the file with its header, or make a template for columns called 'column 1', 'column 2' …",
    )


def _double_question(sheet: Sheet, name: str, positions: Sequence[int]) -> Question:
    first = sheet.rows[0] if sheet.rows else ()
    choices = tuple(
        f"column {i + 1}: {sheet.headers[i]}" + (f", for example {first[i]}" if i < len(first) else "")
        for i in positions
    )
    return Question(f"duplicate_header:{name}", f"{len(positions)} columns are called '{name}'.", choices)


def _renamed(
    sheet: Sheet, missing: Sequence[str], known: Sequence[str], answers: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    if not missing:
        return
    old = {fold(name) for name in known}
    new = [name for name in sheet.headers if fold(name) not in old]
    if len(missing) == 1 and new:
        (name,) = missing
        offers = (f"column {sheet.headers.index(n) + 1}: '{n}' is what used to be '{name}'" for n in new[:OFFERED])
        choices = (*offers, f"none: '{name}' is missing")
        question = Question(f"renamed:{name}", f"The column '{name}' is missing; new: {listed(new)}.", choices)
        choice = question.answered(answers)
        if choice is None:
            raise NeedsAnswer([question])
        if choice != "none":
            yield name, column_of(choice)
            return
    raise IngestRefused(
        "missing_column",
        f"no column {listed(missing)} among {listed(sheet.headers)}",
        f"a header with {listed(missing)}",
        "export these columns, or correct the template",
    )
