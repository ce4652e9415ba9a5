"""Columns of a template in a file whose columns changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template
from tests.ingest.builders import BERLIN, CATALOG, LONG, RATIO, catalog, prepared, readings, warnings

KNOWN = Template("long", LONG.columns, header=("date", "site", "line", "metric", "value"))
ROW = "2025-01-27,A,L1,scrap,1\n"


def test_headers_in_any_case_order_and_with_invisible_characters(tmp_path: Path) -> None:
    batch = prepared(tmp_path, "Value,\u200bLINE,metric\u00a0, date,SITE \n1,L1,scrap,2025-01-27,A\n", KNOWN)
    assert list(readings(batch)["value"]) == [1]
    assert not batch.warnings
    marked = Template(
        "marked", {"#date" if header == "date" else header: role for header, role in LONG.columns.items()}
    )
    assert len(readings(prepared(tmp_path, "#date,site,line,metric,value\n2025-01-27,A,L1,scrap,1\n", marked))) == 1


def test_a_renamed_column_is_asked_about(tmp_path: Path) -> None:
    text = "date,plant,line,metric,value\n" + ROW
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, text, KNOWN)
    (question,) = asked.value.questions
    assert question.code == "renamed:site"
    assert question.choices == ("column 2: 'plant' is what used to be 'site'", "none: 'site' is missing")
    batch = prepared(tmp_path, text, KNOWN, answers={"renamed:site": "column 2"})
    assert list(readings(batch)["site"]) == ["A"]
    assert "schema_drift" in warnings(batch)
    with pytest.raises(IngestRefused) as refused:
        prepared(tmp_path, text, KNOWN, answers={"renamed:site": question.choices[1]})
    assert refused.value.code == "missing_column"


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused, match="'line'") as refused:
        prepared(tmp_path, "date,site,metric,value\n2025-01-27,A,scrap,1\n", KNOWN)
    assert refused.value.code == "missing_column"


def test_a_new_column_is_said(tmp_path: Path) -> None:
    batch = prepared(tmp_path, "date,site,line,metric,value,operator\n2025-01-27,A,L1,scrap,1,x\n", KNOWN)
    (notice,) = batch.warnings
    assert (notice.code, "'operator'" in notice.text) == ("schema_drift", True)


def test_two_columns_of_one_name_are_asked_about(tmp_path: Path) -> None:
    text = "date,site,line,metric,value,value\n2025-01-27,A,L1,scrap,1,100\n"
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, text, LONG)
    (question,) = asked.value.questions
    assert question.choices == ("column 5: value, for example 1", "column 6: value (2), for example 100")
    for choice, wanted in zip(question.choices, [1, 100], strict=True):
        batch = prepared(tmp_path, text, LONG, answers={question.code: choice})
        assert list(readings(batch)["value"]) == [wanted]
        assert batch.read_as is not None
        kept = Template.load(batch.read_as.remembered)  # the next file asks nothing
        assert list(readings(prepared(tmp_path, text, kept))["value"]) == [wanted]
    second = {**LONG.columns, "value (2)": "value"}
    del second["value"]
    made_for_it = Template("two", second, header=("date", "site", "line", "metric", "value", "value (2)"))
    assert list(readings(prepared(tmp_path, text, made_for_it))["value"]) == [100]


def test_a_file_without_header_is_asked_about(tmp_path: Path) -> None:
    text = ROW + "2025-01-28,A,L1,scrap,2\n"
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, text, KNOWN)
    (question,) = asked.value.questions
    assert question.code == "no_header"
    batch = prepared(tmp_path, text, KNOWN, answers={"no_header": "in order"})
    assert list(readings(batch)["value"]) == [1, 2]
    assert "no_header" in warnings(batch)
    for template, answer in [(KNOWN, "refuse"), (Template("short", LONG.columns, header=KNOWN.header[:4]), "in order")]:
        with pytest.raises(IngestRefused) as refused:
            prepared(tmp_path, text, template, answers={"no_header": answer})
        assert refused.value.code == "no_header"
    numbered = {f"column {i}": role for i, role in enumerate(KNOWN.header, start=1)}
    assert list(readings(prepared(tmp_path, text, Template("numbered", numbered)))["value"]) == [1, 2]


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (Template("t", RATIO.columns, (Measured("nothing", value="n"),)), "is not in it"),
        (Template("t", RATIO.columns, (Measured("late", value="n"),)), "needs a numerator"),
        (Template("t", RATIO.columns, (Measured("late", numerator="n"),)), "needs a denominator"),
        (Template("t", RATIO.columns, (Measured("scrap", numerator="n", denominator="m"),)), "needs a value"),
        (Template("t", {"date": "date"}, (Measured("late", numerator="n", denominator="m"),)), "'site'"),
        (Template("t", {"date": "date"}, (Measured("juice", numerator="n", denominator="m"),)), "by sample number"),
        (Template("t", {"n": "sample"}, (Measured("wait", value="m"),)), "by date"),
    ],
)
def test_a_template_that_does_not_fit_the_catalogue(tmp_path: Path, template: Template, says: str) -> None:
    with pytest.raises(IngestRefused, match=says) as refused:
        prepared(tmp_path, "date,site,n,m\n2025-01-27,A,1,2\n", template)
    assert refused.value.code == "template_kpis"


def test_a_column_for_an_unknown_dimension_is_refused(tmp_path: Path) -> None:
    template = Template("t", {**RATIO.columns, "crew": "crew"}, RATIO.kpis)
    with pytest.raises(IngestRefused, match="'crew'") as refused:
        prepared(tmp_path, "date,site,crew,late orders,orders\n2025-01-27,A,x,1,2\n", template)
    assert refused.value.code == "unknown_dimension"


def test_kpis_of_several_zones_are_refused(tmp_path: Path) -> None:
    wait, scrap = CATALOG["wait"], CATALOG["scrap"]
    definitions = catalog(replace(wait, calendar=BERLIN, dimensions=("site", "line")), scrap)
    text = "date,site,line,metric,value\n2025-01-27,A,L1,scrap,1\n2025-01-27,A,L1,wait,1\n"
    with pytest.raises(IngestRefused) as refused:
        prepared(tmp_path, text, LONG, definitions)
    assert refused.value.code == "several_zones"
