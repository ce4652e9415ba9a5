"""Encodings: what is written in one comes back in Unicode. Authority: Python's own codecs."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, Template, read_file
from tests.ingest.builders import CATALOG, LONG, codes, prepared, readings, warnings, written

TEXT = "date,site,line,metric,value\n2025-01-27,Köln,Straße €,scrap,1.5\n2025-01-28,Łódź,L1,scrap,2.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_comes_back(tmp_path: Path, encoding: str) -> None:
    text = TEXT.replace("Łódź", "Málaga") if encoding == "cp1252" else TEXT
    batch = prepared(tmp_path, text.encode(encoding))
    assert list(readings(batch)["site"]) == ["Köln", "Málaga" if encoding == "cp1252" else "Łódź"]
    assert list(readings(batch)["line"]) == ["Straße €", "L1"]
    assert ("encoding" in warnings(batch)) is (encoding == "cp1252")


def test_latin_1_where_windows_has_no_character(tmp_path: Path) -> None:
    raw = TEXT.replace("Łódź", "X").replace("€", "e").encode("latin-1") + b"2025-01-29,a\x81b,L1,scrap,3\n"
    assert read_file(written(tmp_path, raw)).encoding == "latin-1"


def test_damaged_utf8_costs_its_record_and_is_never_garbled(tmp_path: Path) -> None:
    days = [f"2025-01-{day},Köln,Straße €,scrap,{day}" for day in range(10, 30)]
    for quoted in ("", ',"a, b"'):
        lines = [f"date,site,line,metric,value{',note' if quoted else ''}", *(day + quoted for day in days), ""]
        raw = "\n".join(lines).encode()
        for mark in (b"", b"\xef\xbb\xbf"):
            batch = prepared(tmp_path, mark + raw.replace("ß".encode(), b"\xc3", 2))
            assert list(readings(batch)["value"]) == list(range(12, 30))
            assert set(readings(batch)["line"]) == {"Straße €"}
            assert codes(batch) == [(2, "damaged_text"), (3, "damaged_text")]
            assert batch.rejects["text"].iloc[0] == lines[1].replace("ß", "\ufffd")


def test_much_damage_to_utf8_is_refused(tmp_path: Path) -> None:
    raw = (TEXT * 9).encode("utf-8").replace("ß".encode(), b"\xc3")
    with pytest.raises(IngestRefused) as refused:
        read_file(written(tmp_path, raw))
    assert refused.value.code == "encoding"
    told = Template("told", LONG.columns, encoding="latin-1")
    assert read_file(written(tmp_path, raw), template=told).encoding == "latin-1"


def test_a_template_names_the_encoding_and_is_held_to_it(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.encode("cp1250"))
    told = Template("pl", LONG.columns, encoding="cp1250")
    batch = ingest.prepare(read_file(path, template=told), told, CATALOG)
    assert list(readings(batch)["site"]) == ["Köln", "Łódź"]
    with pytest.raises(IngestRefused) as refused:
        read_file(path, template=Template("utf", LONG.columns, encoding="utf-8"))
    assert refused.value.code == "encoding"


def test_nul_bytes_are_removed_and_said(tmp_path: Path) -> None:
    batch = prepared(tmp_path, TEXT.replace("Köln", "Kö\0ln"))
    assert list(readings(batch)["site"]) == ["Köln", "Łódź"]
    assert "nul_bytes_removed" in warnings(batch)
    assert len(readings(prepared(tmp_path, TEXT.encode() + bytes(500)))) == 2  # zeros that fill up the end
    assert len(readings(prepared(tmp_path, TEXT.encode("utf-16-le") + bytes(500)))) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(tmp_path: Path, end: str, last: bool) -> None:
    text = TEXT.replace("\n", end)
    batch = prepared(tmp_path, text if last else text.removesuffix(end))
    assert batch.tally.records == batch.tally.rows == 2


def test_mixed_line_ends(tmp_path: Path) -> None:
    text = "date,site,line,metric,value\r\n2025-01-27,A,L1,scrap,1\n2025-01-28,A,L1,scrap,2\r2025-01-29,A,L1,scrap,x\n"
    batch = prepared(tmp_path, text)
    assert (batch.tally.rows, batch.tally.rejected) == (2, 1)
    assert list(batch.rejects["line"]) == [4]


GERMAN = ["München", "Köln", "Störung", "Gießerei"]
FRENCH = ["Siège", "Entrepôt fermé", "Orléans", "à vérifier"]
POLISH = ["Łódź", "Wrocław", "Gdańsk"]
CZECH = ["Plzeň", "Příbram", "Děčín", "České Budějovice"]
RUSSIAN = ["Москва", "Тверь", "упаковка"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        *((name, GERMAN) for name in ("cp1252", "cp437", "cp850", "mac_roman")),
        *((name, FRENCH) for name in ("cp1252", "cp850")),
        *((name, words) for name in ("cp1250", "cp852") for words in (POLISH, CZECH)),
        *((name, RUSSIAN) for name in ("cp1251", "koi8-r", "cp866")),
        ("mac_roman", ["Köln", "Düsseldorf"]),  # two different signs, and in Windows-1252 no language has either
        ("cp1250", ["Győr", "Székesfehérvár", "Hűtő"]),
        ("cp1252", ["Málaga", "Köln", "Siège", "Malmö", "Århus"]),
        ("cp1252", ["città", "Forlì"]),
        ("cp1252", ["12 m³", "5 °C", "3 €", "½ Std."]),
        ("cp1253", ["Αθήνα", "Πάτρα"]),
        ("cp1254", ["İzmir", "Muğla", "Çankırı"]),
        ("cp1254", ["İzmir", "Eskişehir", "Değer"]),  # in Windows-1252 each letter is one of Icelandic
        ("cp1252", ["Keflavík", "Þorlákshöfn", "Ísafjörður", "Seyðisfjörður"]),
        ("cp932", ["東京工場", "大阪ライン"]),
        ("gb18030", ["北京", "上海"]),
        ("utf-32-le", [*GERMAN, *POLISH]),
        ("utf-32-be", [*GERMAN, *RUSSIAN]),
    ],
)
def test_encodings_are_told_by_the_words_that_they_make(tmp_path: Path, encoding: str, words: list[str]) -> None:
    lines = [f"2025-01-{20 + i},{word},L1,scrap,{i}" for i, word in enumerate(words)]
    raw = "\n".join(["date,site,line,metric,value", *lines, ""]).encode(encoding)
    sheet = read_file(written(tmp_path, raw))
    assert list(sheet.preview()["site"]) == words
    shown = [notice.text for notice in sheet.notices]
    assert encoding.startswith("utf") or all(word.split()[-1] in shown[0] for word in words[1:2] if word.isalpha())


def test_few_letters_and_one_damaged_byte_are_no_other_encoding(tmp_path: Path) -> None:
    raw = "date,site,value\n2025-01-27,Köln,1\n2025-01-28,Düren,2\n".encode().replace(b"\xc3\xbc", b"\xc3")
    assert read_file(written(tmp_path, raw)).encoding == "utf-8"
    with pytest.raises(IngestRefused, match="6 damaged bytes, the first in line 3"):
        read_file(written(tmp_path, raw + b"2025-01-29,D\xc3ren,3\n" * 5 + "2025-01-30,Köln,3\n".encode() * 5))


@pytest.mark.parametrize("word", ["¡", "3 ¡", "café"])
def test_one_sign_tells_of_no_rarer_encoding(tmp_path: Path, word: str) -> None:
    sheet = read_file(written(tmp_path, f"date,site,value\n2025-01-27,{word},1\n2025-01-28,x,2\n".encode("cp1252")))
    assert (sheet.encoding, sheet.preview()["site"].iloc[0]) == ("cp1252", word)
