"""Sample data, labelled as such: a seeded simulator of a plant and a clinic with known events."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable
from pathlib import Path

from opsmetrics.catalog import read_catalog
from opsmetrics.sample import truth
from opsmetrics.sample.simulator import Clock, SampleFile, simulate

__all__ = ["KPIS", "SampleFile", "write"]

#: The definitions of the sample.
KPIS = Path(__file__).parent / "kpis.toml"


def write(folder: Path, today: dt.date, seed: int = 7) -> list[Path]:
    """Write the sample as it stands on the morning of `today` (its last day is the one before) and list the files.

    folder/kpis.toml holds the definitions, folder/sample_*.csv the data, folder/templates/sample_*.toml how each
    file is read, folder/truth.csv the events in it and the verdicts that must follow. Files of these names are
    replaced. The same day and seed give the same bytes.
    """
    definitions = KPIS.read_text(encoding="utf-8")
    clock = Clock.before(today, read_catalog(definitions))
    contents = {"kpis.toml": definitions}
    for file in simulate(clock, seed):
        contents[file.name] = _csv(file.headers, file.rows)
        contents[f"templates/{Path(file.name).stem}.toml"] = _template(file)
    contents["truth.csv"] = _csv(truth.HEADERS, truth.rows(clock))
    return [_write(folder / name, text) for name, text in contents.items()]


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _csv(headers: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue()


def _template(file: SampleFile) -> str:
    """The import template of a file, as TOML."""
    lines = [f"name = {_quoted(Path(file.name).stem)}", f"header = [{', '.join(map(_quoted, file.headers))}]"]
    lines += ['repeats = "samples"'] if file.repeats else []
    lines += ["", "[columns]", *(f"{_quoted(header)} = {_quoted(role)}" for header, role in file.columns.items())]
    for key, sources in file.kpis.items():
        named = zip(("value",) if len(sources) == 1 else ("numerator", "denominator"), sources, strict=True)
        lines += ["", "[[kpis]]", f"key = {_quoted(key)}", *(f"{part} = {_quoted(source)}" for part, source in named)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text)
