"""The grammar of what belongs to the sources of files: their rejects, their templates, and empty files to fill."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import command

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


def sources(commands: Commands) -> None:
    """Two commands and the actions of `template`."""
    rejects = command(
        commands, "rejects", ("sources", "rejects"), "fetch the rejected records of a batch, to be mended"
    )
    rejects.add_argument("batch", type=arguments.above_zero, metavar="BATCH", help="its number, as `batches` lists it")
    rejects.add_argument(
        "--out", type=Path, metavar="FILE", help="ends in .csv or .xlsx (default: CSV to stdout); mend it and ingest it"
    )
    blank = command(commands, "blank", ("sources", "blank"), "make an empty file to fill")
    blank.add_argument("name", metavar="NAME", help="an import template, or a KPI without one")
    blank.add_argument(
        "--out", type=Path, metavar="FILE", help="ends in .csv or .xlsx, which has drop-downs (default: CSV to stdout)"
    )
    template = commands.add_parser("template", help="look at import templates and change them", allow_abbrev=False)
    actions = template.add_subparsers(title="actions", metavar="ACTION", required=True, dest="action")
    command(actions, "list", ("sources", "listing"), "list the templates beside the store")
    show = command(actions, "show", ("sources", "show"), "print a template as TOML")
    show.add_argument("name", metavar="NAME", help="its name")
    show.add_argument("--out", type=Path, metavar="FILE", help="write to a file instead of stdout")
    add = command(actions, "import", ("sources", "add"), "keep a template that lies in a file")
    add.add_argument("file", type=Path, metavar="FILE", help="the template as TOML")
    rename = command(actions, "rename", ("sources", "rename"), "give a template another name")
    rename.add_argument("name", metavar="NAME", help="its name")
    rename.add_argument("new", metavar="NEW", help="the name that it gets")
    role = command(actions, "role", ("sources", "role"), "say what a column of a template holds")
    role.add_argument("name", metavar="NAME", help="the template")
    role.add_argument("column", metavar="COLUMN", help="the header of the column")
    role.add_argument("role", metavar="ROLE", help="date, ts, sample, metric, value, comment, ignore, or a dimension")
    delete = command(actions, "delete", ("sources", "delete"), "remove a template; what was loaded by it stays")
    delete.add_argument("name", metavar="NAME", help="its name")
