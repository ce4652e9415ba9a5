"""init and kpis check|apply|export: the store and the definitions in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from opsmetrics import catalog
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused
from opsmetrics.desk import Desk
from opsmetrics.measurements import counted


def init(given: argparse.Namespace, console: Console) -> int:
    """Create the store; apply --catalog, or the kpis.toml that lies beside it."""
    store = desks.settings_of(given).store
    if store.exists():
        raise Refused(
            f"There is a store at {store} already. Change its definitions with `kpis apply`, or name another."
        )
    beside = desks.beside(given, "kpis.toml")
    source = given.catalog or (beside if beside.exists() else None)
    text = None if source is None else _text(source)
    if text is not None:
        catalog.read_catalog(text)  # mistakes are told before a store is created
    with desks.opened(given, create=True) as desk:
        changes = () if text is None else desk.apply(text, by=desks.person(given))
        _report(console, desk, changes, f"Created {store}" + ("" if source is None else f" with {source}") + ".")
    return 0


def check(given: argparse.Namespace, console: Console) -> int:
    """List all mistakes of a definitions file; exit code 1 where there is one."""
    path = given.file or desks.beside(given, "kpis.toml")
    problems, warnings = catalog.check(_text(path))
    if console.as_json:
        console.answer(
            {
                "file": str(path),
                "problems": [
                    {"key": p.key, "found": str(p.found), "wanted": p.wanted, "mend": p.mend, "text": str(p)}
                    for p in problems
                ],
                "warnings": [str(warning) for warning in warnings],
            }
        )
    for warning in warnings:
        console.note(f"Note: {warning}")
    if problems:
        raise Refused("\n".join([f"{path} has {_counted(len(problems), 'mistake')}:", *(f"  {p}" for p in problems)]))
    if not console.as_json:
        console.say(f"{path} is in order.")
    return 0


def apply(given: argparse.Namespace, console: Console) -> int:
    """Make a definitions file the one in force."""
    path = given.file or desks.beside(given, "kpis.toml")
    text = _text(path)
    with desks.opened(given) as desk:
        changes = desk.apply(text, by=desks.person(given), fill=dict(given.fill))
        _report(console, desk, changes, f"{path} is in force.")
    return 0


def export(given: argparse.Namespace, console: Console) -> int:
    """Print the definitions in force as TOML."""
    with owner.reading(given, console) as desk:
        text, version = desk.export(), desk.catalog.version
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
        console.note(f"Wrote {given.out}.")
    if console.as_json:
        console.answer({"version": version, "toml": text, "file": None if given.out is None else str(given.out)})
    elif given.out is None:
        print(text, end="" if text.endswith("\n") else "\n")
    return 0


def _report(console: Console, desk: Desk, changes: tuple[str, ...], headline: str) -> None:
    kpis = [kpi.key for kpi in desk.catalog.kpis]
    if console.as_json:
        console.answer(
            {
                "store": str(desk.settings.store),
                "kpis": kpis,
                "definitions_version": desk.catalog.version,
                "changes": list(changes),
            }
        )
        return
    console.say(headline)
    for line in changes or ("No definition changed.",):
        console.say(f"  {line}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None


def _counted(number: int, noun: str) -> str:
    return counted(number, f"{{n}} {noun}", f"{{n}} {noun}s")
