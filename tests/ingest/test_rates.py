"""A share beside its denominator. Authority: the whole numerators from which the shares were rounded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template
from opsmetrics.ingest.template import TemplateError
from tests.ingest.builders import LATE, WAIT, catalog, codes, counts, prepared, warnings, written

ORDERED = replace(LATE, denominator="orders")
RATED = Template(
    name="rated",
    columns={"date": "date", "site": "site"},
    kpis=(Measured("late", rate="late", denominator="orders"),),
)


def file_of(*rows: tuple[str, str], header: str = "late") -> str:
    """A file with these shares and denominators."""
    lines = [f"2025-{1 + n // 28:02}-{1 + n % 28:02};A;{share};{whole}\n" for n, (share, whole) in enumerate(rows)]
    return f"date;site;{header};orders\n" + "".join(lines)


@pytest.mark.parametrize(("form", "scale"), [("{:.1f}%", 100), ("{:.2f}", 100), ("{:.4f}", 1), ("{!r}", 1)])
def test_the_numerators_are_those_that_were_divided(tmp_path: Path, form: str, scale: int) -> None:
    random = np.random.default_rng(7)
    wholes = random.integers(100, 480, size=60)
    parts = random.binomial(wholes, 0.1)
    rows = [(form.format(float(scale * p / w)), str(w)) for p, w in zip(parts, wholes, strict=True)]
    batch = prepared(tmp_path, file_of(*rows), RATED)
    assert list(counts(batch)["numerator"]) == list(parts)
    assert list(counts(batch)["denominator"]) == list(wholes)
    assert "numerators_worked_out" in warnings(batch)


def test_a_slip_is_held_back(tmp_path: Path) -> None:
    rows = [("25.0%", "40")] * 30 + [("26.3%", "40"), ("n/a", "40"), ("10.0%", "")]
    batch = prepared(tmp_path, file_of(*rows), RATED)
    assert codes(batch) == [(32, "no_whole_numerator")]
    assert set(counts(batch)["numerator"]) == {10}
    assert batch.tally.missing == 2


@pytest.mark.parametrize(
    "rows",
    [
        [("9.2%", "5000"), ("9.4%", "6000")],  # 458 to 462 of 5000
        [("26.3%", "40"), ("27.1%", "40"), ("25.0%", "40")],  # of something else
    ],
)
def test_shares_that_do_not_tell_their_numerators_are_refused(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    with pytest.raises(IngestRefused, match="times 'orders' gives no certain whole number in 2 records") as refused:
        prepared(tmp_path, file_of(*rows), RATED)
    assert refused.value.code == "no_whole_numerators"


def test_a_scale_that_both_fit_is_asked_and_kept(tmp_path: Path) -> None:
    text = file_of(("0.125", "800"), ("0.25", "800"))  # with fewer decimals it could be no fraction
    with pytest.raises(NeedsAnswer) as needed:
        prepared(tmp_path, text, RATED)
    assert [question.code for question in needed.value.questions] == ["rate:late"]
    for choice, numerators in {"percent": [1, 2], "fraction": [100, 200]}.items():
        kept = Template.load(RATED.remembering({"rate:late": choice}).dump())
        assert list(counts(prepared(tmp_path, text, kept))["numerator"]) == numerators


@pytest.mark.parametrize(
    ("header", "sign"),
    [(f"{LATE.name} %", ""), ("late", "%"), ("late orders %", ""), ("late numerator", "%"), (LATE.name, "%")],
)
def test_it_is_proposed_for_a_person_to_confirm(tmp_path: Path, header: str, sign: str) -> None:
    text = file_of((f"12.5{sign}", "40"), (f"5{sign}", "40"), header=header)
    found = ingest.suggest(
        ingest.read_file(written(tmp_path, text)), catalog(replace(ORDERED, numerator="late orders"))
    )
    assert found.kpis == (Measured("late", rate=header, denominator="orders"),)
    assert header in {guess.header for guess in found.unsure}
    assert Template.load(found.draft().dump()).kpis == found.kpis


def test_only_a_proportion_has_a_rate(tmp_path: Path) -> None:
    template = Template("rated", {"date": "date"}, (Measured("wait", rate="late", denominator="orders"),))
    with pytest.raises(IngestRefused) as refused:
        prepared(tmp_path, file_of(("12.5%", "40")), template, catalog(WAIT))
    assert refused.value.code == "template_kpis"
    with pytest.raises(TemplateError, match="one of their denominators"):
        Template.load('name = "a"\n[columns]\nd = "date"\n[[kpis]]\nkey = "late"\nrate = "r"\n')


def test_a_share_in_a_column_of_counts_is_held_back(tmp_path: Path) -> None:
    counted = replace(RATED, kpis=(Measured("late", numerator="late", denominator="orders"),))
    batch = prepared(tmp_path, file_of(("5", "40"), ("12.5%", "40"), ("7", "40")), counted)
    assert codes(batch) == [(3, "share_for_count")]
    assert list(counts(batch)["numerator"]) == [5, 7]
