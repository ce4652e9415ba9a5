"""The import templates beside the store: listed, looked at, kept, changed, and put away; answers are kept in them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from opsmetrics.desk.desk import Desk
from opsmetrics.desk.finding import no_template
from opsmetrics.ingest import Template, TemplateError, TemplateProblem, version_of
from opsmetrics.ingest.aliases import together
from opsmetrics.measurements import Batch, Notice


@dataclass(frozen=True)
class KeptTemplate:
    """A template, its file, and its version, which changes with everything that it says."""

    template: Template
    path: Path

    @property
    def version(self) -> str:
        """As it is kept with each batch that is read by it."""
        return version_of(self.template)


def kept(desk: Desk) -> list[KeptTemplate]:
    """The templates beside the store, by name. Raises TemplateError where one cannot be used."""
    found = [KeptTemplate(Template.load(path), path) for path in sorted(desk.settings.templates.glob("*.toml"))]
    return sorted(found, key=lambda each: each.template.name.casefold())


def named(desk: Desk, name: str) -> KeptTemplate:
    """The template of this name, in any case. Raises NotHere."""
    found = kept(desk)
    one = next((each for each in found if each.template.name.casefold() == name.casefold()), None)
    if one is None:
        raise no_template(name, [each.template.name for each in found])
    return one


def add(desk: Desk, template: Template) -> KeptTemplate:
    """Keep a template under a generated file name. Raises TemplateError where its name is empty or taken, or where it
    has another mistake."""
    _refuse_name(desk, template.name)
    folder = desk.settings.templates
    folder.mkdir(parents=True, exist_ok=True)
    return _written(folder / f"template_{secrets.token_hex(6)}.toml", template)


def rename(desk: Desk, name: str, new: str) -> KeptTemplate:
    """Give a template another name. Raises NotHere, TemplateError."""
    held = named(desk, name)
    if new.casefold() != held.template.name.casefold():
        _refuse_name(desk, new)
    return _written(held.path, replace(held.template, name=new))


def set_role(desk: Desk, name: str, column: str, role: str) -> KeptTemplate:
    """Say what a column holds: a role, or the key of a dimension. Raises NotHere, TemplateError."""
    held = named(desk, name)
    template = held.template
    headers = (*template.header, *template.columns)
    if headers and column not in headers:
        listed = ", ".join(dict.fromkeys(headers))
        raise TemplateError(
            [TemplateProblem("columns", f"no column '{column}'", f"one of {listed}", "correct it")], name
        )
    return _written(held.path, replace(template, columns={**template.columns, column: role}))


def delete(desk: Desk, name: str) -> KeptTemplate:
    """Put a template away; what was loaded by it stays. Raises NotHere."""
    held = named(desk, name)
    held.path.unlink()
    return held


def remember(desk: Desk, batch: Batch, *, create: bool = True) -> tuple[Notice, ...]:
    """Keep what was answered about a file in its source's template, so that its next file asks nothing; a source
    without one gets one (`create`). What is said about it, nothing where nothing was answered."""
    if batch.read_as is None or not batch.read_as.remembered or batch.mends is not None:
        return ()
    template = Template.load(batch.read_as.remembered)
    held = next((each for each in kept(desk) if each.template.name == template.name), None)
    if held is not None and (held.version == batch.read_as.version or _alike(held.template, template)):
        if held.version != batch.read_as.version:
            template = _joined(held.template, template)
        if held.template == template:
            return ()
        _written(held.path, template)
        return (_told(template.name),)
    if not create or any(_fits(each.template, batch.read_as.header) for each in kept(desk)):
        return ()
    made = add(desk, replace(template, name=_free_name(desk, batch.source), header=batch.read_as.header))
    return (_told(made.template.name),)


def _joined(held: Template, template: Template) -> Template:
    """A template with what else was answered since the file was read by it."""
    named = [(key, *pair) for key, names in template.aliases.items() for pair in names.items()]
    return replace(template, answers={**held.answers, **template.answers}, aliases=together(held.aliases, named))


def _told(name: str) -> Notice:
    text = f"The answers are kept in the template “{name}”: the next file of this source asks nothing."
    return Notice("answers_kept", text)


def _fits(held: Template, header: Iterable[str]) -> bool:
    """Two templates of one header would make each of its files ask which is meant."""
    return {name.strip().casefold() for name in held.header or held.sources} == {n.strip().casefold() for n in header}


def _alike(held: Template, template: Template) -> bool:
    return held.columns == template.columns and held.kpis == template.kpis


def _free_name(desk: Desk, source: str) -> str:
    """The name of the file without what changes from one to the next."""
    words = re.sub(r"[\W_]*\d[\d\W_]*", " ", PurePath(source).stem).strip(" _-.") or "source"
    taken = {each.template.name.casefold() for each in kept(desk)}
    names = (words, *(f"{words} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.casefold() not in taken)


def _refuse_name(desk: Desk, name: str) -> None:
    if any(each.template.name.casefold() == name.casefold() for each in kept(desk)):
        raise TemplateError([TemplateProblem("name", f"'{name}'", "a name of its own", "choose another one")])


def _written(path: Path, template: Template) -> KeptTemplate:
    checked = Template.load(template.dump())
    part = path.with_suffix(".part")
    part.write_text(checked.dump(), encoding="utf-8", newline="\n")
    part.rename(path)
    return KeptTemplate(checked, path)
