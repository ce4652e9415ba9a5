"""Where day, month and year stand, as the name of a column says it: 'Date (DD/MM/YYYY)', 'Datum (TT.MM.JJJJ)'."""

from __future__ import annotations

import re

#: Letters for the parts of a date in a pattern, in English, German, French, Spanish, Italian and Dutch.
_YEAR, _MONTH, _DAY = "(?:y|j|a){2,4}", "m{2}", "(?:dd|tt|gg|jj)"
_GAP = "[-/. ]?"
_ORDERS = {
    "ydm": (_YEAR, _DAY, _MONTH),
    "ymd": (_YEAR, _MONTH, _DAY),
    "dmy": (_DAY, _MONTH, _YEAR),
    "mdy": (_MONTH, _DAY, _YEAR),
}
_PATTERNS = {
    order: re.compile(rf"(?<![^\W_]){_GAP.join(parts)}(?![^\W_])", re.IGNORECASE) for order, parts in _ORDERS.items()
}


def said_order(text: str) -> str | None:
    """`dmy`, `mdy`, `ymd` or `ydm` where a text holds just one such pattern, else None."""
    found = [order for order, pattern in _PATTERNS.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else None
