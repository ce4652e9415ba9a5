"""Figures as files: everything inside, no data as markup, and a sentence where a picture cannot be drawn."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import struct
import zlib
from xml.etree import ElementTree

import pytest

from opsmetrics.figures import control_chart, export, spread_chart
from opsmetrics.figures.export import NoPicture, as_html, as_json, as_picture
from tests.figures import reviews

HOSTILE = '<script>alert(1)</script> & "quoted"'


def test_the_page_holds_everything_and_fetches_nothing() -> None:
    page = as_html([control_chart(reviews.late_deliveries())], title="Late deliveries", lines=["One line."])
    assert page.startswith("<!DOCTYPE html>")
    assert "Plotly.newPlot" in page
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page) == []
    assert "<h1>Late deliveries</h1><p>One line.</p>" in page


def test_two_figures_share_one_library() -> None:
    review = reviews.changeover()
    one = as_html([control_chart(review)], title="t")
    two = as_html([control_chart(review), spread_chart(review)], title="t")
    assert two.count("Plotly.newPlot(") == one.count("Plotly.newPlot(") + 1
    assert len(two) < len(one) + 200_000, "the library is some 4.5 million characters long"


def test_texts_are_text() -> None:
    page = as_html([control_chart(reviews.stable())], title=HOSTILE, lines=[HOSTILE])
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;") == 3


def test_the_theme_colours_the_ground() -> None:
    """Tokens: the dark page is #14171B."""
    assert "#14171B" in as_html([control_chart(reviews.stable(), theme="dark")], title="t", theme="dark")


def test_without_a_figure_there_is_no_page() -> None:
    with pytest.raises(ValueError, match="found none"):
        as_html([], title="t")


def test_the_figure_as_json_is_plotlys_own() -> None:
    content = json.loads(as_json(control_chart(reviews.late_deliveries())))
    assert set(content) >= {"data", "layout"}
    assert "points" in {trace["name"] for trace in content["data"]}


@pytest.mark.skipif(importlib.util.find_spec("kaleido") is not None, reason="kaleido is installed here")
@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_picture_without_kaleido_is_a_sentence_with_a_way_out(kind: str) -> None:
    with pytest.raises(NoPicture, match=rf"{kind.upper()} needs the package kaleido .*\.html instead"):
        as_picture(control_chart(reviews.stable()), kind)  # type: ignore[arg-type]


def test_a_picture_notes_the_id_of_its_verdict() -> None:
    note = "Verdict 7KQ2M-9XABT"
    drawing = export._noted_svg(b'<?xml version="1.0"?><svg width="3"><g/></svg>', note)
    assert ElementTree.fromstring(drawing).findtext("desc") == note
    plain = base64.b64decode(  # one dot
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    )
    told = export._noted_png(plain, note)
    chunks, place = {}, 8
    while place < len(told):
        (length,) = struct.unpack(">I", told[place : place + 4])
        kind, body = told[place + 4 : place + 8], told[place + 8 : place + 8 + length]
        assert struct.unpack(">I", told[place + 8 + length : place + 12 + length]) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        place += 12 + length
    assert list(chunks) == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]
    assert chunks[b"tEXt"] == b"Description\x00" + note.encode()
