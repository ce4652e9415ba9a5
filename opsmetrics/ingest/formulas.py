"""Texts that a spreadsheet would run: made harmless in what is given out, and taken back in what comes in."""

from __future__ import annotations

import re

from opsmetrics.ingest.cells import BLANKS, ZERO_WIDTH

#: Signs that begin a formula, those of full width among them: some spreadsheets take them for the others.
FORMULA = ("=", "+", "-", "@", "|", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
           "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
#: Signs at which some programs begin a cell anew.
_ANEW = ("\t", "\r", "\n")
#: What a program may take off before it looks.
_BEFORE = "'\"` " + BLANKS + ZERO_WIDTH
#: A number in any style, which a spreadsheet takes for nothing else.
_NUMBER = re.compile(
    r"[-+\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH PLUS SIGN}]?(?:\d[\d.,'\N{RIGHT SINGLE QUOTATION MARK} ]*|[.,]\d+)"
    r"(?:[eE][-+]?\d+)? ?%?"
)


def harmless(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula; -5 is a number."""
    return f"'{text}" if _runs(text) else text


def as_it_was(text: str) -> str:
    """The text without the apostrophe that `harmless` put in front."""
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text


def _runs(text: str) -> bool:
    """True for a formula, however many apostrophes stand before it."""
    if text.lstrip("'").startswith(_ANEW):
        return True
    bare = text.strip(_BEFORE)
    return bare.startswith(FORMULA) and not _NUMBER.fullmatch(bare)
