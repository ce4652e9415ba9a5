"""chart: the format follows the ending of the file, and what cannot be drawn here says what to do."""

from __future__ import annotations

import importlib.util
import json
import re
from html import escape
from pathlib import Path

import pytest

from tests.cli.conftest import Run

IN_TIME = "2025-04-05"


def test_html_names_the_kpi_and_what_its_verdict_says(run: Run, store: Path, tmp_path: Path) -> None:
    out = tmp_path / "scrap.html"
    run("chart", "scrap", "--store", store, "--as-of", IN_TIME, "--out", out)
    page = out.read_text(encoding="utf-8")
    sentence = run("review", "scrap", "--store", store, "--as-of", IN_TIME, "--json").json["sentence"]["text"]
    assert "<h1>Scrap" in page
    assert f"<p>{escape(sentence)}</p>" in page
    assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?https?:", page) == []


def test_json_is_the_figure_for_other_tools(run: Run, store: Path, tmp_path: Path) -> None:
    out = tmp_path / "scrap.JSON"
    ran = run("chart", "scrap", "--store", store, "--as-of", IN_TIME, "--out", out, "--json")
    assert (ran.code, ran.json["format"]) == (0, "json")
    assert {"data", "layout"} <= set(json.loads(out.read_text(encoding="utf-8")))


@pytest.mark.skipif(importlib.util.find_spec("kaleido") is not None, reason="kaleido is installed here")
@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture_needs_kaleido_and_nothing_is_written_without(
    run: Run, store: Path, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"scrap.{ending}"
    ran = run("chart", "scrap", "--store", store, "--as-of", IN_TIME, "--out", out)
    assert ran.code == 1
    assert "kaleido is not installed" in ran.err
    assert ".html instead" in ran.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--out", "scrap.pdf"), "wanted a file that ends in one of .html, .svg, .png, .json"),
        (("--out", "scrap"), "wanted a file that ends in one of"),
        (("--svg", "--out", "scrap.html"), "end it in .svg"),
    ],
)
def test_an_ending_that_is_not_written_is_wrong_usage(run: Run, store: Path, words: tuple[str, ...], says: str) -> None:
    ran = run("chart", "scrap", "--store", store, *words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
