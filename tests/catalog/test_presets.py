"""The definitions to start from: each can be applied as it stands, alone with what its formula needs."""

from __future__ import annotations

import pytest

from opsmetrics.catalog import read_catalog, write_tables
from opsmetrics.catalog.presets import FIELDS, Preset, presets, with_needs

KEYS = [preset.key for preset in presets()]


def test_every_field_of_work_offers_some() -> None:
    assert [title for title in FIELDS.values() if not [p for p in presets() if p.field == title]] == []


def test_keys_and_names_are_told_apart() -> None:
    assert len(KEYS) == len(set(KEYS)) == len({preset.name.casefold() for preset in presets()})


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_can_be_applied_with_what_it_needs(key: str) -> None:
    catalog = read_catalog(write_tables({"kpis": {preset.key: preset.table for preset in with_needs(key)}}))
    kpi = catalog[key]
    assert kpi.description, "a preset says how it is counted"
    assert kpi.category, "a preset says where it belongs"
    assert key in _PARTS or kpi.lead is not None, "leadership reads it"


#: Factors of OEE are looked at by the day; leadership reads their product.
_PARTS = {"availability", "performance", "quality"}


@pytest.mark.parametrize("kind", ["proportion", "rate", "count", "ratio", "measured", "rare", "derived"])
def test_every_kind_is_among_them(kind: str) -> None:
    assert [preset.key for preset in presets() if preset.table["kind"] == kind]


@pytest.mark.parametrize("statistic", ["median", "p90", "share_within"])
def test_every_statistic_is_among_them(statistic: str) -> None:
    assert [preset.key for preset in presets() if preset.table.get("statistic") == statistic]


def test_a_formula_brings_its_parts_first() -> None:
    assert [preset.key for preset in with_needs("oee")] == ["availability", "performance", "quality", "oee"]
    assert [preset.key for preset in with_needs("scrap_rate")] == ["scrap_rate"]


def test_an_unknown_preset_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_needs("nothing_like_it")


def test_words_of_a_preset() -> None:
    preset = Preset("x", "Health", {"name": "X"})
    assert (preset.name, preset.description, preset.needs) == ("X", "", ())
