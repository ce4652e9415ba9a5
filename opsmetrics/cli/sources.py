"""rejects, blank, template: records to mend, empty files to fill, and how the files of each source are read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from opsmetrics.cli import owner
from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import table
from opsmetrics.desk import templates
from opsmetrics.desk.blanks import blank_of, written
from opsmetrics.desk.rejected import Form, rejects_file, state_of
from opsmetrics.desk.templates import KeptTemplate
from opsmetrics.ingest import Template
from opsmetrics.measurements import counted


def rejects(given: argparse.Namespace, console: Console) -> int:
    """Write the rejects of a batch that are not settled as a file to mend."""
    with owner.reading(given, console) as desk:
        state = state_of(desk.store, given.batch)
        data = rejects_file(desk.store, given.batch, _form(given.out))
    _put(given.out, data, console)
    of = f"of batch {state.batch}"
    left = counted(state.left, f"{{n}} rejected record {of} is left", f"{{n}} rejected records {of} are left")
    told = f"{left}, {state.settled:,} settled."
    console.note(f"{told} {_next(given.out, state.whole, state.left)}")
    if console.as_json:
        console.answer({"batch": state.batch, "rejected": state.rejected, "kept": state.kept,
                        "settled": state.settled, "left": state.left, "mends": state.mends,
                        "file": None if given.out is None else str(given.out)})  # fmt: skip
    return 0


def _next(out: Path | None, whole: str, left: int) -> str:
    if not left:
        return "Nothing is to be done."
    if whole:
        return f"Correct the file that they came from and load it whole: {whole}."
    return f"Correct the cells behind “mend”, then `ingest {out or 'FILE'}`: only what is corrected is loaded."


def blank(given: argparse.Namespace, console: Console) -> int:
    """Write the empty file of a template or a KPI."""
    with owner.reading(given, console) as desk:
        found = blank_of(desk, given.name)
        data = written(found, _form(given.out))
    _put(given.out, data, console)
    if console.as_json:
        console.answer({"columns": [column.name for column in found.columns], "file": given.out and str(given.out)})
    elif given.out is not None:
        console.note(f"Fill it, then `ingest {given.out}`.")
    return 0


def _form(out: Path | None) -> Form:
    ending = ".csv" if out is None else out.suffix.casefold()
    if ending not in (".csv", ".xlsx"):
        raise Refused(f"{out} ends in {ending or 'nothing'}, wanted .csv or .xlsx: name another file.")
    return "csv" if ending == ".csv" else "xlsx"


def _put(out: Path | None, data: bytes, console: Console) -> None:
    if out is not None:
        out.write_bytes(data)
        console.note(f"Wrote {out}.")
    elif not console.as_json:
        sys.stdout.write(data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n"))


def listing(given: argparse.Namespace, console: Console) -> int:
    """List the templates beside the store."""
    with owner.reading(given, console) as desk:
        found, ledger = templates.kept(desk), desk.batches()
    used = {str(name): rows for name, rows in ledger.groupby("template")["batch"]}
    lines = [(each, used.get(each.template.name)) for each in found]
    if console.as_json:
        numbers = [{"batches": 0, "last": None} if rows is None else {"batches": len(rows), "last": int(rows.max())}
                   for _, rows in lines]  # fmt: skip
        console.answer([{**_told(each), **number} for (each, _), number in zip(lines, numbers, strict=True)])
    elif not found:
        console.say("There are no import templates yet: an answer about a file makes one, and so does the page Upload.")
    else:
        head = ("template", "version", "columns", "batches", "last")
        told = [
            (each.template.name, each.version, ", ".join(each.template.header or each.template.sources),
             "0" if rows is None else str(len(rows)), "" if rows is None else str(rows.max()))
            for each, rows in lines
        ]  # fmt: skip
        console.say(table(told, head, ("batches", "last"), spare=("columns",)))
    return 0


def show(given: argparse.Namespace, console: Console) -> int:
    """Print a template as TOML."""
    with owner.reading(given, console) as desk:
        found = templates.named(desk, given.name)
    text = found.template.dump()
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
        console.note(f"Wrote {given.out}.")
    if console.as_json:
        console.answer({**_told(found), "toml": text})
    elif given.out is None:
        console.say(text.rstrip("\n"))
    return 0


def add(given: argparse.Namespace, console: Console) -> int:
    """Keep a template that lies in a file."""
    with owner.reading(given, console) as desk:
        return _done(console, templates.add(desk, Template.load(given.file)), "is kept")


def rename(given: argparse.Namespace, console: Console) -> int:
    """Give a template another name."""
    with owner.reading(given, console) as desk:
        return _done(console, templates.rename(desk, given.name, given.new), "is its name now")


def role(given: argparse.Namespace, console: Console) -> int:
    """Say what a column of a template holds."""
    with owner.reading(given, console) as desk:
        wanted = given.role
        numbers = ("metric", "value", "numerator", "denominator")
        roles = ("date", "ts", "time", "offset", "sample", *numbers, "comment", "ignore")
        held = templates.named(desk, given.name).template
        if wanted not in (*roles, *desk.catalog.dimension_keys) and held.events is None:
            raise Refused(
                f"There is no role and no dimension {wanted!r}. The roles are: {', '.join(roles)}; the dimensions: "
                f"{', '.join(desk.catalog.dimension_keys) or 'none'}."
            )
        return _done(console, templates.set_role(desk, given.name, given.column, wanted), "is changed")


def delete(given: argparse.Namespace, console: Console) -> int:
    """Remove a template."""
    with owner.reading(given, console) as desk:
        return _done(console, templates.delete(desk, given.name), "is removed; what was loaded by it stays")


def _done(console: Console, found: KeptTemplate, what: str) -> int:
    if console.as_json:
        console.answer(_told(found))
    else:
        console.say(f"“{found.template.name}” {what} (version {found.version}).")
    return 0


def _told(found: KeptTemplate) -> dict[str, object]:
    template = found.template
    return {
        "template": template.name,
        "version": found.version,
        "header": list(template.header or template.sources),
        "file": str(found.path),
    }
