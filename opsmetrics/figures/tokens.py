"""The colours of both themes, by what they mean. Contrast and colour-blind distances were measured on these values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Theme = Literal["light", "dark"]

#: Streamlit ships Source Sans; the others stand in where a figure is opened outside the app.
FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", system-ui, sans-serif'


@dataclass(frozen=True)
class Tokens:
    """One theme. Three hues only: `concern` = act, `improve` = learn, `data` = find the data; the rest is grey."""

    page: str  # ground
    band: str  # natural limits
    hair: str  # hairlines, axis
    ink: str  # text, target, latest point
    line: str  # the measured line
    muted: str  # captions, axis text, what is stable
    limit: str  # limits, centre, section rules
    concern: str
    improve: str
    data: str
    on: str  # knock-out inside marks, text on primary buttons


LIGHT = Tokens(
    page="#FFFFFF",
    band="#E8EBEE",
    hair="#E3E6E9",
    ink="#16191D",
    line="#3F4650",
    muted="#59606A",
    limit="#7E858F",
    concern="#B84A06",
    improve="#006EA8",
    data="#6D1F5E",
    on="#FFFFFF",
)

DARK = Tokens(
    page="#14171B",
    band="#282E35",
    hair="#2B3138",
    ink="#E8EBEE",
    line="#C9CFD6",
    muted="#A3AAB4",
    limit="#767E88",
    concern="#FA7A33",
    improve="#4D9DEB",
    data="#F0C2FA",
    on="#14171B",
)

NAMES: tuple[str, ...] = tuple(field.name for field in fields(Tokens))


def tokens(theme: Theme = "light") -> Tokens:
    """The colours of one theme."""
    return DARK if theme == "dark" else LIGHT


def css_variables() -> str:
    """Declarations `--om-<token>: light-dark(…)`, which follow a change of the theme without a rerun."""
    return "".join(f"--om-{name}:light-dark({getattr(LIGHT, name)},{getattr(DARK, name)});" for name in NAMES)
