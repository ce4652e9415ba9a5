"""Files on their way in: what is known of each, from its bytes to the difference that it would make.

Nothing here draws, and nothing here writes to the store.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from opsmetrics import ingest
from opsmetrics.catalog import Catalog
from opsmetrics.desk import Desk
from opsmetrics.desk.aliasing import refuse_unknown_names
from opsmetrics.ingest import (
    Badge,
    Edit,
    Edits,
    Examined,
    IngestRefused,
    NeedsAnswer,
    Problem,
    Question,
    Sheet,
    Suggestion,
    Template,
    TemplateError,
    TemplateProblem,
    short_name,
)
from opsmetrics.ingest.cells import fold
from opsmetrics.measurements import Diff
from opsmetrics.store import (
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreReopened,
    StoreTimeout,
    StoreTooNew,
)
from opsmetrics.working import tell

#: The question which of several templates is meant.
TEMPLATE = "template"
#: The share of a template's columns that a file must have for the template to be offered for it.
NEAR = 0.6
#: Rejected records that can be corrected on the page.
PROBLEMS = 500

#: How a template came to a file: it lies beside the store, the columns' own names say it all, a person said it.
How = Literal["template", "names", "said"]
State = Literal["refused", "columns", "asks", "unusable", "ready"]
Header = tuple[str, ...]

#: Failures of the store itself, which no other file or number would mend: the page as a whole says so.
BROKEN = (StoreBusy, StoreClosed, StoreDamaged, StoreReopened, StoreTimeout, StoreTooNew)


@dataclass(frozen=True, eq=False)
class Incoming:
    """One file and what is known of it so far. `sheet` is None where not even its table was found."""

    key: str
    name: str
    size: int
    sheet: Sheet | None = None
    template: Template | None = None
    how: How = "said"
    answers: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    examined: Examined | None = None
    written: tuple[Mapping[str, str], ...] = ()  # the records of the preview as they stand in the file
    badges: tuple[Badge, ...] = ()  # the columns that are read, in short
    diff: Diff | None = None
    seen: int | None = None  # the batch that was loaded from these very bytes
    data_version: int = -1  # of the store with which it was compared
    refusal: str = ""
    part: str = ""  # the sheet that a person took of several
    edits: Edits = field(default_factory=dict)  # cells that a person corrected, by position and place
    edited: tuple[Edit, ...] = ()  # what these changed
    problems: tuple[Problem, ...] = ()  # the first rejected records, to be corrected

    @property
    def state(self) -> State:
        """What the file waits for."""
        if self.refusal:
            return "refused"
        if self.template is None and not self.questions:
            return "columns"
        if self.questions:
            return "asks"
        return "unusable" if self.examined and self.examined.unusable else "ready"

    @property
    def why_not(self) -> str:
        """Why it cannot be loaded: it was refused, or none of its records can be; "" where neither is so."""
        return self.refusal or (str(self.examined.unusable) if self.state == "unusable" and self.examined else "")

    @property
    def header(self) -> Header:
        """The headers of its columns, by which files of one kind are recognised."""
        return self.sheet.headers if self.sheet else ()

    @property
    def notices(self) -> list[str]:
        """What there is to say about it by itself, each once."""
        own = self.examined.batch.warnings if self.examined else ()
        return list(dict.fromkeys(notice.text for notice in own))

    @property
    def unusual(self) -> list[str]:
        """What is unusual about it beside what is stored, each once."""
        return list(dict.fromkeys(notice.text for notice in self.diff.warnings)) if self.diff else []

    @property
    def changes(self) -> int:
        """How many facts loading it would add, change or take away."""
        return self.diff.new + self.diff.updated + self.diff.removed if self.diff else 0


@dataclass
class Confirmed:
    """What a person said about files in this session: it holds for every further file with the same header."""

    templates: dict[Header, Template] = field(default_factory=dict)
    answers: dict[Header, dict[str, str]] = field(default_factory=dict)
    taken: dict[tuple[str, ...], str] = field(default_factory=dict)  # choices of sheets or templates → the one taken


def receive(desk: Desk, key: str, name: str, path: Path, size: int, confirmed: Confirmed, source: str = "") -> Incoming:
    """Recognise an uploaded file and compare it with the store as far as that goes without a person. `source`: the
    folder of the inbox that it came from, which names its template."""
    found = Incoming(key, name, size)
    limit = desk.settings.upload_bytes
    if size > limit:
        return replace(found, refusal=too_large(size, limit))
    try:
        found = _recognised(desk, found, path, confirmed)
        if found.sheet is None:
            return found
        template, how = _template(desk, found.sheet, confirmed, source)
        if template is not None and (template.encoding or template.delimiter) and not found.sheet.form:
            found = replace(found, sheet=ingest.read_file(path, name=name, template=template))
    except NeedsAnswer as asked:  # which template: its bytes may have to be read again
        return replace(found, sheet=None, questions=asked.questions)
    except IngestRefused as error:
        return replace(found, sheet=None, refusal=str(error))  # no table of it is worth a form
    sheet = found.sheet
    assert sheet is not None
    if template is None:
        return found
    return understand(desk, found, template, confirmed.answers.get(sheet.headers, {}), how)


def too_large(size: int, limit: int) -> str:
    """Why a file is too large, and what to do."""
    return (
        f"It holds {megabytes(size)}; wanted: at most {megabytes(limit)}; export a shorter time, or load it in parts."
    )


def megabytes(size: int) -> str:
    """A size for people."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024)):,} KB"
    return f"{size / 1024 / 1024:,.1f} MB"


def _recognised(desk: Desk, file: Incoming, path: Path, confirmed: Confirmed) -> Incoming:
    """The file with its table, or with the question which of its sheets is meant."""
    try:
        return replace(file, sheet=_known(desk, path, file.name))
    except NeedsAnswer as asked:
        taken = confirmed.taken.get(names_of(asked.questions[0]))
        if taken is None:
            return replace(file, questions=asked.questions)
        answers = {"sheet": taken}
        return replace(file, sheet=ingest.read_file(path, name=file.name, answers=answers), part=taken)


def _known(desk: Desk, path: Path, name: str) -> Sheet:
    return ingest.read_known(path, kept_templates(desk)[0], name=name, kept=desk.kept_rejects)


def names_of(question: Question) -> tuple[str, ...]:
    """What a question's choices are called: files with the same sheets or templates ask the same question."""
    if question.code == TEMPLATE:
        return tuple(choice.partition(": ")[2] for choice in question.choices)
    return tuple(short_name(choice) for choice in question.choices)


def take(confirmed: Confirmed, files: Iterable[Incoming], question: Question, choice: str) -> list[str]:
    """Keep which sheet or template is meant, for every file that asks the same; the keys of the files to read again."""
    confirmed.taken[names_of(question)] = names_of(question)[question.choices.index(choice)]
    return [file.key for file in files if file.questions and names_of(file.questions[0]) == names_of(question)]


def _template(desk: Desk, sheet: Sheet, confirmed: Confirmed, source: str) -> tuple[Template | None, How]:
    """The template for this header: what a person confirmed in this session, else the one that its source names or that
    fits it of those kept beside the store, else what the names of the columns say, where they say everything."""
    if sheet.mending is not None:
        return sheet.mending.template, "template"
    if sheet.headers in confirmed.templates:
        said = confirmed.templates[sheet.headers]
        return said, how_of(desk, said)
    kept = kept_templates(desk)[0]
    chosen = ingest.named_template(kept, source) or _fitting(sheet, kept, confirmed)
    if chosen is not None:
        return chosen, "template"
    proposed = ingest.suggest(sheet, desk.catalog)
    return (proposed.draft() if proposed.exact else None), "names"


def _fitting(sheet: Sheet, kept: Sequence[Template], confirmed: Confirmed) -> Template | None:
    """The kept template with this header; of several the one that a person took. Raises NeedsAnswer."""
    fitting = ingest.fitting_templates(sheet, kept)
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    choices = tuple(f"{number}: {template.name}" for number, template in enumerate(fitting, start=1))
    question = Question(TEMPLATE, "Several templates have the columns of this file. By which is it read?", choices)
    taken = confirmed.taken.get(names_of(question))
    if taken is None:
        raise NeedsAnswer([question])
    return ingest.named_template(fitting, taken)


def nearest(kept: Sequence[Template], header: Header) -> Template | None:
    """The template that shares most columns with this header, NEAR of its own at least; None for none or several."""
    own = {fold(name) for name in header}
    shares = {each.name: _shared(each, own) for each in kept}
    best = [each for each in kept if shares[each.name] == max(shares.values())]
    return best[0] if len(best) == 1 and shares[best[0].name] >= NEAR else None


def _shared(template: Template, own: set[str]) -> float:
    wanted = {fold(name) for name in template.header or template.sources}
    return len(wanted & own) / len(wanted) if wanted else 0.0


def how_of(desk: Desk, template: Template) -> How:
    """Whether a template lies beside the store, or was said."""
    return "template" if template in kept_templates(desk)[0] else "said"


def read_by(file: Incoming, template: Template) -> Incoming:
    """The file as read by a template that says what was said about it, under its name."""
    batch = replace(file.examined.batch, template=template.name) if file.examined else None
    examined = replace(file.examined, batch=batch) if file.examined and batch else None
    return replace(file, template=template, how="template", examined=examined)


def kept_templates(desk: Desk) -> tuple[tuple[Template, ...], str]:
    """The templates beside the store, and the mistakes of the first one that cannot be used ("" for none)."""
    try:
        return desk.templates(), ""
    except TemplateError as error:
        return (), str(error)


def understand(
    desk: Desk, file: Incoming, template: Template, answers: Mapping[str, str], how: How = "said"
) -> Incoming:
    """Read the file as the template says, and compare it with the store."""
    assert file.sheet is not None
    known = replace(file, template=template, how=how, answers=dict(answers), questions=(), examined=None, refusal="")
    known = replace(known, diff=None, data_version=-1)
    try:
        refuse_unknown_names(desk.store, desk.catalog, answers)
        sheet, edited = ingest.edited(file.sheet, file.edits)
        last = desk.last_read(template, sheet)
        examined = ingest.examine(sheet, template, desk.catalog, answers=answers, last=last)
    except NeedsAnswer as asked:
        return replace(known, questions=asked.questions)
    except IngestRefused as error:
        return replace(known, refusal=str(error))
    problems = tuple(ingest.problems(examined.checked, PROBLEMS))
    written = tuple(examined.written(sheet))
    badges = tuple(ingest.badges(examined.checked, written))
    known = replace(known, examined=examined, written=written, badges=badges, edited=edited, problems=problems)
    return compare(desk, known)


def stale(desk: Desk, file: Incoming) -> bool:
    """Whether the store changed since the file was compared with it."""
    return file.examined is not None and not file.refusal and file.data_version != desk.store.data_version


def compare(desk: Desk, file: Incoming) -> Incoming:
    """What loading the file would change in the store as it is now; nothing is done where that is known already."""
    version = desk.store.data_version
    if file.examined is None or file.data_version == version:
        return file
    batch = file.examined.batch
    tell("Comparing with the store")
    try:
        diff = desk.diff(batch)
    except BROKEN:
        raise
    except StoreError as error:
        return replace(file, refusal=str(error))
    return replace(file, diff=diff, seen=desk.store.seen(batch.fingerprint), data_version=version)


def suggestion(file: Incoming, catalog: Catalog) -> Suggestion:
    """What headers and cells suggest about a file that no template fits."""
    assert file.sheet is not None
    return ingest.suggest(file.sheet, catalog)


def keep_template(desk: Desk, file: Incoming, name: str) -> Template:
    """Keep what a person said about a file as a template beside the store, under a generated file name.

    Raises TemplateError where the name is empty or taken, OSError where the folder cannot be written to.
    """
    assert file.template is not None
    taken = {template.name for template in kept_templates(desk)[0]}
    if name in taken:
        raise TemplateError([TemplateProblem("name", f"'{name}'", "a name of its own", "choose another one")])
    template = replace(file.template, name=name, header=file.header)
    template = template.remembering({**file.answers, **({"sheet": file.part} if file.part else {})}, file.header)
    text = Template.load(template.dump()).dump()
    folder = desk.settings.templates
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"template_{secrets.token_hex(6)}.part"
    part.write_text(text, encoding="utf-8", newline="\n")
    part.rename(part.with_suffix(".toml"))
    return template


def same_kind(files: Iterable[Incoming], header: Header) -> list[Incoming]:
    """The files with this header."""
    return [file for file in files if file.sheet is not None and file.header == header]
