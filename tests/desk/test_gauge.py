"""Tables of measurements, as people save and paste them, become a study; what cannot be read says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from opsmetrics.desk.gauge import GaugeOptions, GaugeRefused, gauge_of_file, gauge_of_text, study_of
from opsmetrics.desk.gauge_sample import sample_readings
from opsmetrics.desk.gauge_sentences import ToldGauge
from opsmetrics.ingest import IngestRefused, NeedsAnswer
from opsmetrics.stats.gauge import gauge_study

SAMPLE = sample_readings()
OPTIONS = GaugeOptions()


def written(
    separator: str = ",", headers: tuple[str, str, str] = ("Part", "Operator", "Value"), comma: bool = False
) -> str:
    rows = [separator.join(headers)]
    for part, operator, value in SAMPLE.itertuples(index=False):
        number = f"{value:.1f}".replace(".", ",") if comma else f"{value:.1f}"
        rows.append(separator.join((part, operator, number)))
    return "\n".join(rows)


@pytest.mark.parametrize(
    "text",
    [
        written(),
        written("\t", ("Item", "Appraiser", "Reading")),
        written(";", ("Teil", "Prüfer", "Messwert"), comma=True),
        "\ufeff" + written().replace("\n", "\r\n") + "\r\n\r\n",
    ],
)
def test_a_table_is_read_however_it_was_saved(text: str) -> None:
    wanted = gauge_study(SAMPLE["value"], SAMPLE["part"], SAMPLE["operator"])
    found = gauge_of_text(text, OPTIONS)
    assert found.study.components["grr"].variance == pytest.approx(wanted.components["grr"].variance)
    assert (found.study.parts, found.study.operators, found.study.trials) == (10, 3, 3)
    assert found.readings["value"].tolist() == SAMPLE["value"].tolist(), "in the order of the table"


def test_a_column_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "study.csv"
    path.write_text(written(headers=("Part", "Operator", "Kraft")), encoding="utf-8")
    with pytest.raises(GaugeRefused, match="no column for the measurement") as refused:
        gauge_of_file(path, OPTIONS)
    assert refused.value.columns == ("Part", "Operator", "Kraft")
    assert gauge_of_file(path, OPTIONS, columns={"measurement": "Kraft"}).study.ndc == 7
    with pytest.raises(GaugeRefused, match="no column “Force”"):
        gauge_of_file(path, OPTIONS, columns={"measurement": "Force"})


def test_without_an_operator_there_is_one() -> None:
    found = gauge_of_text("Part,Value\n1,2.5\n1,2.6\n2,4.5\n2,4.4\n", OPTIONS)
    assert found.study.operators == 1 and found.ranges is None
    assert ToldGauge(found).made_of() == "2 parts, one operator, 2 readings each"


def test_two_ways_to_read_a_number_are_asked() -> None:
    text = "Part,Value\n" + "\n".join(f"{part},{part + 1}.23{trial}" for part in (1, 2, 3) for trial in (1, 2))
    with pytest.raises(NeedsAnswer) as asked:
        gauge_of_text(text, OPTIONS)
    (question,) = asked.value.questions
    found = gauge_of_text(text, OPTIONS, answers={question.code: "."})
    assert found.readings["value"].max() == pytest.approx(4.232)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (written().replace("37.0", "high", 1), "'high' is not a number"),
        (written().replace(",37.0", ",", 1), "Found 2 readings of part 1 by Inspector 1 and 3 elsewhere"),
        (written().replace("1,Inspector 1,", "1,,", 1), "nothing in 'Operator'"),
        ("Part,Value\n1,2\n2,3\n", "measured at least twice"),
        ("nothing", "No character parts"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, said: str) -> None:
    with pytest.raises((GaugeRefused, IngestRefused), match=said):
        gauge_of_text(text, OPTIONS)


@pytest.mark.parametrize(
    ("tolerance", "level", "headline"),
    [
        (None, "marginal", "The measuring system makes 19 % of the variation: marginal."),
        (20.0, "unfit", "The measuring takes 40 % of the tolerance, 19 % of the variation: not fit for use."),
    ],
)
def test_the_headline(tolerance: float | None, level: str, headline: str) -> None:
    told = ToldGauge(study_of(SAMPLE, {}, GaugeOptions(tolerance=tolerance)))
    assert (told.level, told.headline().replace("\u00a0", " ")) == (level, headline)
    assert "between operators, and differs from part to part" in told.lead()


def test_parts_that_cannot_be_told_apart() -> None:
    values: list[Any] = [1.0, 3.0, 2.9, 1.1]
    told = ToldGauge(
        study_of(
            SAMPLE.head(0).reindex(range(4)).assign(value=values, part=["1", "1", "2", "2"], operator=""), {}, OPTIONS
        )
    )
    assert told.headline() == "The parts cannot be told apart: all variation comes from the measuring."
    assert "of part came out below 0" in told.lead() and "a single class" in told.lead()
