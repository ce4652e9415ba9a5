"""Units behind numbers and in headers. Authority: what the units mean (SI brochure, 9th edition, table 8)."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Measured, NeedsAnswer, Template
from opsmetrics.ingest.durations import duration_sql
from opsmetrics.ingest.unit_choice import Choice, choose
from opsmetrics.ingest.units import Unit, minutes_and_seconds, unit_in_header, unit_of
from opsmetrics.measurements import Batch
from tests.ingest.builders import catalog, codes, prepared, readings, warnings

MIN, HOUR, KG = Unit("time", 1, "min"), Unit("time", 60, "h"), Unit("mass", 1, "kg")


@pytest.mark.parametrize(
    ("words", "family", "factor"),
    [
        ("min Min. minutes Minuten minutos", "time", 1),
        ("h hrs Std. heures", "time", 60),
        ("kWh", "energy", 1),
        ("MWh", "energy", 1000),
        ("Stk. pcs St pièces", "count", 1),
        ("€ EUR euros", "money EUR", 1),
        ("kEUR T€ TEUR k€", "money EUR", 1000),
        ("M€ Mio.€", "money EUR", 1e6),
        ("k Tsd.", "multiple", 1000),
        ("M Mio", "multiple", 1e6),
    ],
)
def test_words(words: str, family: str, factor: float) -> None:
    found = [unit_of(word) for word in words.split()]
    assert {(unit.family, unit.factor) for unit in found if unit} == {(family, factor)}
    assert None not in found


@pytest.mark.parametrize(
    ("header", "below", "name"),
    [
        ("Downtime (h)", "", "h"),
        ("Wait [min]", "", "min"),
        ("Anteil %", "", "%"),
        ("Cost in kEUR", "", "k EUR"),
        ("Downtime", "Std.", "h"),
        ("Line (all)", "", None),
        ("minutes in hand", "", None),
        ("date", "", None),
    ],
)
def test_headers(header: str, below: str, name: str | None) -> None:
    found = unit_in_header(header, below)
    assert (found.name if found else None) == name
    assert [minutes_and_seconds(text) for text in ("Wait (mm:ss)", "Wait (h:mm)", "Wait")] == [True, False, None]


@pytest.mark.parametrize(
    ("found", "wanted", "bare", "choice"),
    [
        ({"min": 9}, None, None, Choice({"min": 1.0}, (), MIN)),
        ({"min": 9, "h": 2}, None, None, Choice(among=("min", "h"))),  # which one is kept, nobody said
        ({"min": 9, "h": 2}, MIN, None, Choice({"min": 1.0, "h": 60.0}, (), MIN)),
        ({"min": 9, "h": 2}, None, HOUR, Choice({"min": 1 / 60, "h": 1.0, "": 1.0}, (), HOUR)),
        ({"": 9}, MIN, HOUR, Choice({"": 60.0}, (), MIN)),
        ({"": 9}, MIN, KG, Choice()),
        ({"min": 9, "": 2}, None, None, Choice({"min": 1.0}, ("",), MIN)),  # minutes too, or hours?
        ({"units": 1, "": 20}, None, None, Choice(held=("units",))),  # a slip
        ({"min": 1, "": 20}, MIN, MIN, Choice({"min": 1.0, "": 1.0}, (), MIN)),
        ({"kg": 9, "pcs": 1}, None, None, Choice({"kg": 1.0}, ("pcs",), KG)),
        ({"kg": 9}, MIN, None, Choice({}, ("kg",), MIN)),
        ({"€": 5, "$": 4}, None, None, Choice({"€": 1.0}, ("$",), Unit("money EUR", 1, "EUR"))),
        ({"k": 5, "": 4}, None, None, Choice({"k": 1000.0}, (), Unit("multiple", 1, ""))),
        ({"k€": 5, "": 4}, None, None, Choice({"k€": 1000.0}, ("",), Unit("money EUR", 1, "EUR"))),
        ({"widgets": 5}, None, None, Choice({"widgets": 1.0}, (), Unit("word widgets", 1, "widgets"))),
        ({"h": 2, "m": 3}, MIN, None, Choice({"h": 60.0, "m": 1.0}, (), MIN)),
    ],
)
def test_what_becomes_of_each_word(
    found: dict[str, int], wanted: Unit | None, bare: Unit | None, choice: Choice
) -> None:
    got = choose(found, wanted, bare)
    assert (got.factors, got.held, got.among) == (choice.factors, choice.held, choice.among)
    if choice.unit:
        assert got.unit
        assert (got.unit.family, got.unit.factor) == (choice.unit.family, choice.unit.factor)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        *[("1h 30m", 90), ("1 h 30 min", 90), ("2h 5m 30s", 125.5), ("1 Std. 5 Min", None), ("1 day, 2 h", 1560)],
        *[("01:30:00", 90), ("0:45:30", 45.5), ("-0:01:30,5", -1.5 - 0.5 / 60), ("2 days 03:00:00", 3060)],
        *[("PT1H30M", 90), ("P1DT1H", 1500), ("-PT5M", -5), ("PT0.5H", 30), ("P", None), ("PT", None)],
        *[("1:30", None), ("1:75:00", None), ("12 min", None), ("h 30m", None), ("", None), ("30m 1h", None)],
    ],
)
def test_times_that_something_took(cell: str, minutes: float | None) -> None:
    (found,) = duckdb.execute(f"SELECT {duration_sql('c')} FROM (SELECT ? AS c)", [cell]).fetchone() or (0,)
    assert found == (None if minutes is None else pytest.approx(minutes))


def stops(
    folder: Path, cells: str, header: str = "Stop", unit: str = "", multiplier: float = 1.0, **options: object
) -> Batch:
    """A file with these cells (parted by blanks around a bar) for a KPI in this unit."""
    kpi = Kpi("stop", "Stop", "measured", "lower", unit=unit, multiplier=multiplier)
    template = Template("stops", {"date": "date"}, (Measured("stop", value=header),), **options)  # type: ignore[arg-type]
    rows = "".join(f"2025-01-{i:02};{cell}\n" for i, cell in enumerate(cells.split(" | "), start=1))
    return prepared(folder, f"date;{header}\n{rows}", template, catalog(kpi, dimensions=()))


@pytest.mark.parametrize(
    ("cells", "header", "unit", "multiplier", "values", "said"),
    [
        ("12 pcs | 3 Stk. | 1 pc", "Stop", "", 1, [12, 3, 1], {"unit_read"}),
        ("3,5 h | 45 min | 0", "Stop", "min", 1, [210, 45, 0], {"unit_converted"}),
        ("1h 30m | 45m | 90s", "Stop", "", 1, [90, 45, 1.5], {"unit_converted"}),
        ("1:30 | 0:45", "Stop (h:mm)", "h", 1 / 60, [90, 45], set()),  # a KPI shown in hours keeps minutes
        ("1.5 | 0.25", "Stop (h)", "min", 1, [90, 15], {"unit_converted"}),
        ("1.2k | 3M | 950", "Stop", "", 1, [1200, 3e6, 950], {"unit_converted"}),
    ],
)
def test_numbers_with_units(
    tmp_path: Path, cells: str, header: str, unit: str, multiplier: float, values: list[float], said: set[str]
) -> None:
    batch = stops(tmp_path, cells, header, unit, multiplier)
    assert list(readings(batch)["value"]) == pytest.approx(values, rel=1e-12)
    assert said <= warnings(batch)


def test_other_units_are_held_back(tmp_path: Path) -> None:
    batch = stops(tmp_path, "$12 | $13 | $14 | €15 | 16")
    assert (list(readings(batch)["value"]), codes(batch)) == ([12, 13, 14, 16], [(5, "other_unit")])
    assert "mixed_units" in warnings(batch)


@pytest.mark.parametrize(
    ("cells", "code", "answers"),
    [
        ("45 min | 30 min | 1.5 h", "unit:Stop", {"min": [45, 30, 90], "h": [0.75, 0.5, 1.5]}),
        ("1:30 | 0:45", "duration:Stop", {"hours": [90, 45], "minutes": [1.5, 0.75]}),
    ],
)
def test_what_the_column_cannot_tell_is_asked_once(
    tmp_path: Path, cells: str, code: str, answers: dict[str, list[float]]
) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        stops(tmp_path, cells)
    (question,) = asked.value.questions
    assert (question.code, [choice.split(":")[0] for choice in question.choices]) == (code, list(answers))
    for choice, values in zip(question.choices, answers.values(), strict=True):
        kept = Template("kept", {"a": "date"}, (Measured("b", value="b"),)).remembering({code: choice})
        assert Template.load(kept.dump()) == kept
        assert list(readings(stops(tmp_path, cells, answers=kept.answers))["value"]) == pytest.approx(values)


# Units in a column of their own


def beside(folder: Path, rows: str, header: str = "unit", **answers: str) -> Batch:
    """The batch of a long file with a column of units that the template leaves out."""
    definitions = catalog(
        Kpi("scrap", "Scrap", "measured", "lower", unit="kg", dimensions=()),
        Kpi("stop", "Stop", "measured", "lower", unit="min", dimensions=()),
        Kpi("free", "Free", "measured", "lower", dimensions=()),
    )
    template = Template("long", {"date": "date", "metric": "metric", "value": "value"})
    return prepared(folder, f"date,metric,value,{header}\n{rows}", template, definitions, answers=answers)


@pytest.mark.parametrize("header", ["unit", "Einheit", "UoM"])
def test_several_units_beside_their_numbers_become_that_of_the_kpi(tmp_path: Path, header: str) -> None:
    rows = "2026-03-02,scrap,100,kg\n2026-03-03,scrap,0.25,t\n2026-03-04,scrap,900,g\n2026-03-02,stop,90,min\n"
    batch = beside(tmp_path, rows, header)
    assert list(readings(batch).sort_values(["kpi", "observed_at"])["value"]) == [100, 250, 0.9, 90]
    assert "unit_converted" in warnings(batch)


def test_one_unit_beside_the_numbers_is_compared_with_that_of_the_kpi(tmp_path: Path) -> None:
    batch = beside(tmp_path, "2026-03-02,scrap,1.5,t\n2026-03-03,scrap,2.5,t\n2026-03-02,stop,2,h\n")
    assert list(readings(batch).sort_values(["kpi", "observed_at"])["value"]) == [1500, 2500, 120]
    batch = beside(tmp_path, "2026-03-02,scrap,1.5,kg\n2026-03-02,stop,2,min\n")
    assert list(readings(batch).sort_values("kpi")["value"]) == [1.5, 2]
    assert not {"unit_converted", "unit_read"} & warnings(batch)


def test_units_that_no_kpi_tells_apart_are_asked_about_and_other_words_are_none(tmp_path: Path) -> None:
    rows = "2026-03-02,free,100,kg\n2026-03-03,free,0.25,t\n"
    with pytest.raises(NeedsAnswer, match="written in several units: 1 in kg, 1 in t"):
        beside(tmp_path, rows)
    assert list(readings(beside(tmp_path, rows, **{"unit:free": "t"}))["value"]) == [0.1, 0.25]
    ward = beside(tmp_path, "2026-03-02,scrap,100,ward 3\n2026-03-03,scrap,200,t\n")
    assert list(readings(ward)["value"]) == [100, 200]
