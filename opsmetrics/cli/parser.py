"""The grammar of the command line. Each command names the function that runs it as (module, function) of
`opsmetrics.cli`, so that help and wrong usage are answered without loading pandas or DuckDB."""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from opsmetrics.catalog import GRAINS
from opsmetrics.cli import arguments
from opsmetrics.cli.grammar import KPI, Parser, as_of, by, command, of_slice, view
from opsmetrics.cli.grammar_attending import attending
from opsmetrics.cli.grammar_forecasts import forecasts
from opsmetrics.cli.grammar_mornings import mornings
from opsmetrics.cli.grammar_sources import sources
from opsmetrics.cli.grammar_studies import studies
from opsmetrics.tokens import RIGHTS

if TYPE_CHECKING:
    from opsmetrics.cli.grammar import Commands


@cache
def build() -> argparse.ArgumentParser:
    """The parser with all commands, made once a process. Parsing raises WrongUsage, and SystemExit after a help."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m opsmetrics",
        description="Operational KPIs with one verdict each, computed from control limits.",
        epilog="Exit codes: 0 done, 1 refused or failed (one sentence says why), 2 wrong usage, 3 verify: different.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, dest="command")
    for group in (
        _setting_up,
        _definitions,
        _loading,
        sources,
        _deciding,
        _reading,
        forecasts,
        _ranking,
        studies,
        mornings,
        _keeping,
        _granting,
        _serving,
    ):
        group(commands)
    return parser


def _setting_up(commands: Commands) -> None:
    init = command(commands, "init", ("definitions", "init"), "create an empty store")
    init.add_argument(
        "--catalog", type=Path, metavar="FILE", help="definitions to apply (default: kpis.toml beside the store)"
    )
    by(init)
    sample = command(commands, "sample", ("sampling", "sample"), "fill an empty store with labelled sample data")
    sample.add_argument("--seed", type=arguments.whole, metavar="N", help="another number gives another sample")
    by(sample)


def _definitions(commands: Commands) -> None:
    kpis = commands.add_parser("kpis", help="check, apply or export the KPI definitions", allow_abbrev=False)
    actions = kpis.add_subparsers(title="actions", metavar="ACTION", required=True, dest="action")
    check = command(actions, "check", ("definitions", "check"), "list every mistake in a definitions file")
    apply = command(actions, "apply", ("definitions", "apply"), "make a definitions file the one in force")
    for each in (check, apply):
        each.add_argument(
            "file", type=Path, nargs="?", metavar="FILE", help="the definitions (default: kpis.toml beside the store)"
        )
    apply.add_argument(
        "--fill",
        type=arguments.pair,
        action="append",
        default=[],
        metavar="KPI.DIMENSION=VALUE",
        help="value for the rows already stored where a KPI gains a key dimension",
    )
    by(apply)
    export = command(
        actions, "export", ("definitions", "export"), "print the definitions in force, with the targets as decided"
    )
    export.add_argument("--out", type=Path, metavar="FILE", help="write to a file instead of stdout")


def _loading(commands: Commands) -> None:
    ingest = command(
        commands,
        "ingest",
        ("loading", "ingest"),
        "load files: CSV, Excel, OpenDocument, Parquet",
        more="Each file is one batch with a receipt; a refused file does not stop the others.",
    )
    ingest.add_argument("files", type=Path, nargs="+", metavar="FILE", help="one or more files")
    ingest.add_argument("--template", metavar="NAME|FILE", help="import template (default: the one whose header fits)")
    ingest.add_argument(
        "--covers", type=arguments.day_span, metavar="A..B", help="days that the file covers, in place of what it tells"
    )
    ingest.add_argument(
        "--answer",
        type=arguments.pair,
        action="append",
        default=[],
        metavar="QUESTION=CHOICE",
        help="answer to a question about the file, or alias:DIMENSION:NAME=KNOWN (a name for a known one); repeatable",
    )
    ingest.add_argument("--sheet", metavar="NAME", help="sheet of a workbook that has several; all: those alike")
    ingest.add_argument("--dry-run", action="store_true", help="show what would change and change nothing")
    ingest.add_argument("--rejects", type=Path, metavar="FOLDER", help="write the rejected records of each file there")
    by(ingest)
    _typing(commands)
    _correcting(commands)
    command(commands, "batches", ("loading", "batches"), "list what was loaded, newest first")
    undo = command(commands, "undo", ("loading", "undo"), "take back exactly what a batch wrote")
    undo.add_argument("batch", type=arguments.above_zero, metavar="BATCH", help="its number, as `batches` lists it")
    undo.add_argument("--why", type=arguments.reason, metavar="TEXT", help="the reason; it is kept with the batch")
    undo.add_argument("--dry-run", action="store_true", help="say what would be taken back and what stays")
    by(undo)


def _typing(commands: Commands) -> None:
    enter = command(
        commands,
        "enter",
        ("entering", "enter"),
        "load one typed measurement",
    )
    enter.add_argument("kpi", metavar="KPI", help=KPI)
    enter.add_argument("values", nargs="+", metavar="VALUE", help="38/412 for counts, one or more numbers for readings")
    of_slice(enter, "a dimension of the measurement; once for each dimension of the KPI")
    enter.add_argument("--at", metavar="DATE", help="its period: a date, a local time or a sample number "
                       "(default: the last period that has ended)")  # fmt: skip
    enter.add_argument("--note", default="", metavar="TEXT", help="kept with the batch")
    enter.add_argument("--dry-run", action="store_true", help="show what would change and change nothing")
    by(enter)


def _correcting(commands: Commands) -> None:
    history = command(commands, "history", ("correcting", "show"), "list every value that one stored number has had")
    correct = command(
        commands,
        "correct",
        ("correcting", "amend"),
        "give one stored number a new value, with a reason",
        more="The correction is a batch of its own: the old value stays in the history, and undo brings it back.",
    )
    for each in (history, correct):
        each.add_argument("kpi", metavar="KPI", help=KPI)
        if each is correct:
            each.add_argument("values", nargs="+", metavar="VALUE", help="the right one, written as for `enter`")
        of_slice(each, "a dimension of the row; once for each dimension of the KPI")
        each.add_argument("--at", required=True, metavar="DATE", help="its date, local time or sample number")
        each.add_argument(
            "--sample", type=arguments.whole, default=0, metavar="N", help="number of the reading, of several"
        )
    correct.add_argument(
        "--why", required=True, type=arguments.reason, metavar="TEXT", help="the reason; it is kept with the value"
    )
    correct.add_argument("--dry-run", action="store_true", help="show what would change and change nothing")
    by(correct)


def _deciding(commands: Commands) -> None:
    decide = commands.add_parser("decide", help="record a decision about a KPI", allow_abbrev=False)
    kinds = decide.add_subparsers(title="decisions", metavar="DECISION", required=True, dest="kind")
    for kind, help_, at, value in (
        ("exclude", "leave periods out of the limits and the judgement", "A or A..B", "off: not any more"),
        ("phase", "restart the limits from a period on", "A", "off: not any more"),
        ("lock", "compute the limits of the phase from these periods only", "A..B", "off: not any more"),
        ("target", "set the target from a date on", "A", "5, a range 2..8, or none; in the shown unit"),
        ("complete", "mark a period complete though a reporter is missing", "A", "off: not any more"),
        ("annotate", "write a note beside a period", "A", "the note (default: the reason)"),
    ):
        each = command(kinds, kind, ("deciding", "decide"), help_)
        each.add_argument("kpi", metavar="KPI", help=KPI)
        of_slice(each, "the slice that the decision is about; once for each dimension (default: the whole KPI)")
        each.add_argument("--at", required=True, metavar=at, help="period(s), as a date or sample number")
        each.add_argument("--value", required=kind == "target", metavar="VALUE", help=value)
        each.add_argument(
            "--why",
            required=True,
            type=arguments.reason,
            metavar="TEXT",
            help="the reason; it is kept with the decision",
        )
        each.add_argument(
            "--grain", choices=GRAINS, metavar="GRAIN", help="only for the chart of this grain (default: all)"
        )
        each.add_argument(
            "--replaces", type=arguments.whole, metavar="NUMBER", help="the decision that this one replaces"
        )
        by(each)
    _weekday(kinds)
    attending(kinds)
    listing = command(kinds, "list", ("deciding", "listing"), "list the decisions, oldest first")
    listing.add_argument("kpi", nargs="?", metavar="KPI", help=f"{KPI} (default: all)")


def _weekday(kinds: Commands) -> None:
    weekday = command(kinds, "weekday", ("deciding", "weekday"), "let the limits follow the day of the week")
    weekday.add_argument("kpi", nargs="?", metavar="KPI", help=KPI)
    of_slice(weekday, "the slice that the decision is about; once for each dimension (default: the whole KPI)")
    weekday.add_argument(
        "--all-proposed", action="store_true", help="in place of KPI: every watched chart for which it is proposed"
    )
    weekday.add_argument("--value", metavar="VALUE", help="off: not any more")
    weekday.add_argument(
        "--why", required=True, type=arguments.reason, metavar="TEXT", help="the reason; it is kept with the decision"
    )
    by(weekday)


def _reading(commands: Commands) -> None:
    review = command(commands, "review", ("reviewing", "review"), "say what the numbers of each KPI mean")
    review.add_argument("kpi", nargs="?", metavar="KPI", help=f"{KPI} (default: everything watched on Today)")
    view(review)
    review.add_argument("--by", metavar="DIMENSION", help="one verdict for each value of this dimension")
    triage = command(
        commands,
        "triage",
        ("triaging", "triage"),
        "rank what is new on all charts, beside what chance would have brought",
    )
    triage.add_argument(
        "--since",
        type=arguments.instant,
        metavar="DATE",
        help="what was detected since then: a day, or a local time (default: since yesterday)",
    )
    as_of(triage)
    triage.add_argument("--range", action="store_true", help="say how far chance spreads, by shuffled weeks")
    triage.add_argument(
        "--any-dependence", action="store_true", help="list what stands out under any dependence between charts"
    )
    summary = command(commands, "summary", ("summarising", "summary"), "one row for each KPI, as leadership reads it")
    of_slice(summary, "look at this value of a dimension; may be repeated")
    as_of(summary)
    chart = command(commands, "chart", ("charting", "chart"), "write a KPI's control chart to a file")
    chart.add_argument("kpi", metavar="KPI", help=KPI)
    view(chart)
    chart.add_argument(
        "--out", type=Path, metavar="FILE", help="ends in .html, .json, .svg or .png (default: KPI.html in this folder)"
    )
    chart.add_argument("--svg", action="store_true", help="the small line with limits instead of the whole chart")
    chart.add_argument("--theme", choices=("light", "dark"), default="light", help="default: light")


def _days(each: argparse.ArgumentParser) -> None:
    first, last = "first day (default: the first that files cover)", "last day (default: the last one, at most today)"
    each.add_argument("--from", dest="start", type=arguments.date, metavar="DATE", help=first)
    each.add_argument("--to", dest="end", type=arguments.date, metavar="DATE", help=last)


def _ranking(commands: Commands) -> None:
    pareto = command(commands, "pareto", ("paretos", "pareto"), "say which few categories of a stream hold most of it")
    pareto.add_argument("stream", metavar="STREAM", help="its key, as in the definitions")
    pareto.add_argument("--by", metavar="WHAT", help="category (default), subcategory, or a dimension of the stream")
    pareto.add_argument(
        "--measure", choices=("count", "minutes", "cost", "weight"), default="count", help="default: count"
    )
    _days(pareto)
    as_of(pareto)
    pareto.add_argument(
        "--compare", choices=("previous", "last_year"), help="with the days just before, or a year before"
    )
    of_slice(pareto, "only this category, subcategory or value of a dimension; may be repeated")
    pareto.add_argument("--top", type=arguments.above_zero, metavar="N", help="bars of their own (default: 9)")
    pareto.add_argument("--out", type=Path, metavar="FILE", help="also write the chart, as HTML")
    events = command(commands, "events", ("events", "events"), "list the stored events of a stream, oldest first")
    events.add_argument("stream", metavar="STREAM", help="its key, as in the definitions")
    of_slice(events, "only this category, subcategory or value of a dimension; may be repeated")
    _days(events)
    events.add_argument(
        "--limit", type=arguments.above_zero, default=50, metavar="N", help="how many at most (default: 50)"
    )


def _keeping(commands: Commands) -> None:
    backup = command(commands, "backup", ("keeping", "backup"), "copy the store, and check that the copy opens")
    backup.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="default: backups/ beside the store")
    backup.add_argument("--keep", type=arguments.above_zero, metavar="N", help="keep only the N newest copies there")
    restore = command(
        commands,
        "restore",
        ("keeping", "restore"),
        "put a backup in the place of the store",
        more="What was there stays beside it under another name.",
    )
    restore.add_argument("file", type=Path, metavar="BACKUP", help="a file that `backup` has written")
    command(
        commands,
        "check",
        ("keeping", "check"),
        "compare the store with its ledger and with what it acknowledged",
        more="Exit code 1 where something does not fit.",
    )
    command(
        commands,
        "compact",
        ("keeping", "compact"),
        "lay the facts in order of KPI and time, and make their totals anew",
        more="No figure changes. Takes minutes, and free space of the store's size, where there are tens of millions.",
    )


def _granting(commands: Commands) -> None:
    tokens = commands.add_parser("tokens", help="let programs ask the app, by tokens", allow_abbrev=False)
    actions = tokens.add_subparsers(title="actions", metavar="ACTION", required=True, dest="action")
    add = command(actions, "add", ("granting", "add"), "make a token; it is shown this once")
    add.add_argument("name", metavar="NAME", help="which program uses it; what it loads carries this name")
    add.add_argument(
        "--for",
        dest="right",
        choices=RIGHTS,
        default="read",
        help="read verdicts (default); load files as well; undo batches as well",
    )
    add.add_argument(
        "--days", type=arguments.above_zero, default=365, metavar="N", help="until it expires (default: 365)"
    )
    of_slice(add, "only this value of a dimension; may be repeated")
    by(add)
    command(actions, "list", ("granting", "listed"), "list the tokens; not their texts, which are kept nowhere")
    withdraw = command(actions, "withdraw", ("granting", "withdraw"), "end a token at once")
    withdraw.add_argument("name", metavar="NAME", help="as `tokens list` shows it")


def _serving(commands: Commands) -> None:
    serve = command(commands, "serve", ("serving", "serve"), "run the app on this computer", json=False)
    serve.add_argument(
        "--port", type=arguments.port, default=8501, metavar="NUMBER", help="default: 8501; 0 for any free one"
    )
    serve.add_argument(
        "--sample", action="store_true", help="where there is no store yet, make one of sample data first"
    )
