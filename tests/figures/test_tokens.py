"""The colours: contrast by WCAG 2.2 (relative luminance, section 1.4.3), and one source for page and configuration."""

from __future__ import annotations

import tomllib

import pytest

from opsmetrics.figures.tokens import DARK, LIGHT, NAMES, Tokens, css_variables, tokens
from tests.paths import ROOT

THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", ["ink", "muted", "concern", "improve", "data"])
def test_text_reads_on_the_page(theme: Tokens, name: str) -> None:
    """WCAG 2.2, 1.4.3 (AA): text needs 4.5 to 1."""
    assert contrast(getattr(theme, name), theme.page) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", ["line", "limit", "concern", "improve", "data"])
def test_marks_stand_out_from_page_and_band(theme: Tokens, name: str) -> None:
    """WCAG 2.2, 1.4.11 (AA): graphics that carry meaning need 3 to 1."""
    assert contrast(getattr(theme, name), theme.page) >= 3
    assert contrast(getattr(theme, name), theme.band) >= 3


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_what_is_knocked_out_of_a_mark_reads(theme: Tokens) -> None:
    """WCAG 2.2, 1.4.3 (AA)."""
    assert contrast(theme.on, theme.concern) >= 4.5
    assert contrast(theme.on, theme.improve) >= 4.5


def test_the_variables_hold_both_themes_and_every_token() -> None:
    css = css_variables()
    assert f"--om-concern:light-dark({LIGHT.concern},{DARK.concern});" in css
    assert css.count("light-dark(") == len(NAMES)


def test_an_unknown_theme_is_the_light_one() -> None:
    assert tokens("dark") is DARK
    assert tokens("light") is LIGHT


@pytest.mark.parametrize("name", THEMES)
def test_the_configuration_uses_the_same_colours(name: str) -> None:
    """Streamlit reads its own file: the ground, the text and the hues there must be these."""
    theme = THEMES[name]
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]
    assert config["backgroundColor"] == theme.page
    assert config["textColor"] == theme.ink
    assert {config[f"{hue}Color"] for hue in ("red", "orange", "yellow")} == {theme.concern}
    assert {config[f"{hue}Color"] for hue in ("green", "blue")} == {theme.improve}
    assert config["violetColor"] == theme.data
    assert config["grayColor"] == theme.muted
