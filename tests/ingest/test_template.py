"""Import templates: every mistake at once, and a round trip through TOML."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.ingest import IngestRefused, Measured, Template, TemplateError, choose_template, read_file
from tests.cases import cases
from tests.ingest.builders import LONG, RATIO, written
from tests.paths import ROOT

NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name.strip() and name.replace("_", "").strip()
)


@given(
    name=NAME,
    day=NAME,
    value=NAME,
    zone=st.sampled_from([None, "UTC", "Europe/Berlin"]),
    decimal=st.sampled_from([None, ".", ","]),
    order=st.sampled_from([None, "dmy", "mdy", "ymd"]),
    covers=st.sampled_from([None, "day", "quarter"]),
    repeats=st.sampled_from([None, "samples"]),
    delimiter=st.sampled_from([None, ";", "\t"]),
)
@settings(max_examples=cases(50, 150))
def test_a_template_is_read_back_as_it_was(
    name: str,
    day: str,
    value: str,
    zone: str | None,
    decimal: str | None,
    order: str | None,
    covers: str | None,
    repeats: str | None,
    delimiter: str | None,
) -> None:
    template = Template(
        name,
        {day: "date"},
        (Measured("wait", value=value), Measured("late", numerator=day, denominator=value)),
        header=(day, value),
        time_zone=zone,
        decimal=decimal,
        date_order=order,
        covers=covers,
        repeats=repeats,
        delimiter=delimiter,
        encoding="utf-8",
    )
    assert Template.load(template.dump()) == template


def test_columns_that_have_another_name_keep_their_meaning() -> None:
    text = """
name = "stops"
header = ["Year", "Month", "State", "N", "N (2)", "Min", "Made"]
date_parts = ["year", "month"]
[columns]
Made = "ignore"
Min = "comment"
[answers]
"unit:min" = "h"
[[kpis]]
key = "scrap"
numerator = "N"
denominator = "Made"
[events]
stream = "stops"
[[events.categories]]
name = "Jam"
count = "N (2)"
"""
    header = ("Jahr", "Month", "State", "N", "N (2)", "Minutes", "Made")
    given = {"renamed:year": "column 1: 'Jahr' is it", "duplicate_header:N": "column 5", "renamed:Min": "column 6"}
    kept = Template.load(text).remembering(given, header)
    assert (kept.header, kept.date_parts) == (header, ("Jahr", "month"))
    assert kept.columns == {"Made": "ignore", "Minutes": "comment"} and kept.answers == {"unit:Minutes": "h"}
    assert (kept.kpis[0].numerator, kept.kpis[0].denominator) == ("N (2)", "Made")
    assert kept.events is not None and kept.events.categories[0].count == "N (2)"
    taken = Template("x", {"Day": "date", "Made": "ignore"}, (Measured("late", numerator="Done"),))
    assert taken.remembering({"renamed:Done": "column 2"}, ("Day", "Made")).columns == {"Day": "date"}
    assert taken.remembering({"renamed:Done": "none", "renamed:Day": "column 9"}, ("Day", "Made")) == taken


def test_all_mistakes_at_once() -> None:
    text = """
        colour = "red"
        decimal = ";"
        thousands = 3
        date_order = "day first"
        time_zone = "Europe/Bielefeld"
        encoding = "latin-99"
        delimiter = ", "
        covers = "year"
        repeats = "yes"
        header = ["Day", "Site", "N"]
        [columns]
        Day = "date"
        Stamp = "ts"
        Site = "The Site"
        site = "line"
        Other = "line"
        [[kpis]]
        key = "a"
        value = "N"
        numerator = "N"
        [[kpis]]
        key = "a"
        denominator = "N"
        extra = "x"
        [[kpis]]
        value = 3
    """
    with pytest.raises(TemplateError) as error:
        Template.load(text)
    found = {problem.key for problem in error.value.problems}
    assert {
        *("name", "colour", "decimal", "thousands", "date_order", "time_zone", "encoding", "delimiter", "covers"),
        *("repeats", "columns", "columns.Site", "columns.Stamp", "columns.Other", "kpis", "kpis[1]"),
        *("kpis[2].extra", "kpis[3]", "kpis[3].value"),
    } <= found
    assert all(problem.found and problem.wanted and problem.mend for problem in error.value.problems)
    assert str(error.value).count("\n") == len(error.value.problems)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("name = ", "TOML"),
        ('name = "x"\n[columns]\nsite = "site"\n[[kpis]]\nkey = "a"\nvalue = "n"\n', "columns"),  # no time
        ('name = "x"\n[columns]\nday = "date"\n', "kpis"),  # no KPI
        ('name = "x"\n[columns]\nday = "date"\nkpi = "metric"\n', "columns"),  # a metric without number
        (
            'name = "x"\n[columns]\nday = "date"\nkpi = "metric"\nn = "value"\n[[kpis]]\nkey = "a"\nvalue = "n"\n',
            "kpis",
        ),
        ('name = "x"\n[columns]\nday = "date"\nn = "value"\n[[kpis]]\nkey = "a"\nvalue = "n"\n', "columns"),
        ('name = "x"\ndecimal = ","\nthousands = ","\n[columns]\nday = "date"\n', "thousands"),
        ('name = "x"\ncolumns = 3\n', "columns"),
        ('name = "x"\nkpis = 3\n', "kpis"),
        ('name = "x"\nheader = "a"\n', "header"),
    ],
)
def test_shapes_that_cannot_be_read(text: str, key: str) -> None:
    with pytest.raises(TemplateError) as error:
        Template.load(text)
    assert key in {problem.key for problem in error.value.problems}


def test_the_template_of_a_file_is_chosen_by_its_header(tmp_path: Path) -> None:
    sheet = read_file(written(tmp_path, " DATE,Site, late  ORDERS,orders\n2025-01-27,A,1,2\n"))
    fitting = Template("fits", RATIO.columns, RATIO.kpis, header=("date", "site", "late orders", "orders"))
    turned = Template("turned", RATIO.columns, RATIO.kpis, header=("orders", "site", "late orders", "date"))
    other = Template("other", LONG.columns, header=("date", "site", "line", "metric", "value"))
    assert choose_template(sheet, [other, fitting, turned]) is fitting
    assert choose_template(sheet, [other, turned]) is turned
    assert choose_template(sheet, [other]) is None
    with pytest.raises(IngestRefused) as refused:
        choose_template(sheet, [fitting, Template("twin", RATIO.columns, RATIO.kpis, header=fitting.header)])
    assert refused.value.code == "which_template"


@pytest.mark.parametrize("name", ["nhs_ae", "orange_juice", "machine_temperature"])
def test_the_examples_are_sound(name: str) -> None:
    template = Template.load(ROOT / "examples" / name / "template.toml")
    assert template.name == name
    assert Template.load(template.dump()) == template


def test_the_templates_of_the_manual_are_sound() -> None:
    text = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in text.split("```toml")[1:]]
    for block in blocks:
        named = block if block.lstrip().startswith("name") else f'name = "x"\n{block}'
        template = Template.load(named if "[columns]" in named else f'date_parts = ["year", "month"]\n{named}')
        assert Template.load(template.dump()) == template
    assert len(blocks) == 4
