"""Lines of totals, which must never be loaded beside the records that they add up."""

from __future__ import annotations

from opsmetrics.ingest.sql import among, text

#: How a line of totals begins, in English, German, French and Spanish.
_BEGINS = (
    "(grand |sub-? ?|sous-? ?|zwischen-?)?(totale?s?|summen?|sommes?|sumas?)( |:|$)|gesamt(summe)?( |:|$)"
    "|insgesamt( |:|$)|somme totale|suma total"
)
#: Words that, alone in a cell, make its record a total.
ALONE = (
    *("total", "totals", "subtotal", "sub-total", "grand total", "summe", "gesamt", "gesamtsumme", "insgesamt"),
    *("zwischensumme", "somme", "sous-total", "total general", "total général", "suma", "suma total"),
)


def is_total(first_cell: str) -> str:
    """True where the first filled cell of a line, in lower case, says that it is a total."""
    return f"regexp_matches({first_cell}, {text(f'^({_BEGINS})')})"


def is_total_alone(cell: str) -> str:
    """True where a cell, in lower case, is nothing but a word for total."""
    return among(cell, ALONE)


def says_total(cell: str) -> bool:
    """True where a cell, in lower case, is nothing but a word for total, with or without a colon."""
    return cell.rstrip(" :") in ALONE
