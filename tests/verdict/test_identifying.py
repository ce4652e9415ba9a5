"""The id of a verdict: the same words have the same id whenever they are asked for, other words another one."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd
import pytest

from opsmetrics.review import KpiReview, review
from opsmetrics.verdict.identifying import content, digest, identifier, read_identifier, rounded
from tests.cases import cases
from tests.verdict.made import counts


def of(values: list[float], **versions: int) -> KpiReview:
    return review(counts(values), (), **versions)


CALM = [4.0, 5.0, 6.0, 5.0] * 8


def test_versions_and_moment_are_no_part_of_it() -> None:
    first, later = of(CALM, data_version=3), of(CALM, data_version=9, decisions_version=2)
    assert first.id == later.id != ""
    assert first.verdict is not None
    moved = dataclasses.replace(first.verdict.identity, as_of=pd.Timestamp("2031-01-01"))
    verdict = dataclasses.replace(first.verdict, identity=moved)
    assert identifier(dataclasses.replace(first, verdict=verdict)) == first.id


def test_whatever_it_says_is_part_of_it() -> None:
    plain = of(CALM)
    assert plain.verdict is not None
    others = [of([*CALM[:-1], 5.1]), of([*CALM, 5.0]), of([*CALM[:-1], 50.0])]
    changed = dataclasses.replace(plain.verdict, data="late")
    others.append(dataclasses.replace(plain, verdict=changed))
    series = dataclasses.replace(plain.series, slice=(("line", "A"),))
    others.append(dataclasses.replace(plain, series=series))
    ids = {plain.id, *(identifier(item) for item in others)}
    assert len(ids) == 1 + len(others)


def test_it_is_the_same_in_every_process() -> None:
    """Its place on paper outlives the process: no hash with a seed, no order of a set."""
    assert digest(["scrap", {"line": "A"}, 0.25, None]) == "E3SX9-2PPN2"


def test_noise_of_adding_up_is_no_part_of_it() -> None:
    assert rounded({"a": [0.1 + 0.2, float("nan")], "b": "x"}) == {"a": [0.3, None], "b": "x"}
    assert rounded(0.1234567891) == rounded(0.1234567894)
    assert rounded(0.123456788) != rounded(0.123456789)


def test_no_verdict_has_no_id() -> None:
    none = dataclasses.replace(of(CALM), verdict=None)
    assert (identifier(none), content(none)) == ("", {})


def test_what_it_says_survives_json() -> None:
    said = content(of([*CALM[:-1], 50.0]))
    assert said["variation"] == "concerning"
    assert [episode["side"] for episode in said["episodes"]] == ["low", "high"]
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize("typed", ["7KQ2M-9XABT", "7kq2m9xabt", " 7KQ2M 9XABT ", "7-K-Q-2-M-9-X-A-B-T"])
def test_an_id_is_read_as_people_write_it(typed: str) -> None:
    assert read_identifier(typed) == "7KQ2M-9XABT"


def test_letters_that_are_misread_are_mended() -> None:
    assert read_identifier("OIL0O-1il00") == "01100-11100"


@pytest.mark.parametrize("typed", ["", "7KQ2M", "7KQ2M-9XABTT", "7KQ2M-9XAB!", "7KQ2M-9XABU"])
def test_what_is_no_id_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="wanted an id of 10 letters and digits"):
        read_identifier(typed)


def test_different_verdicts_do_not_collide() -> None:
    ids = {of([*CALM[:-1], 5.0 + step / 1000]).id for step in range(cases(60, 300))}
    assert len(ids) == cases(60, 300)
