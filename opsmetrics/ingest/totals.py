"""Lines of totals, which must never be loaded beside the records that they add up."""

from __future__ import annotations

import re

from opsmetrics.ingest.cells import SHEET_ERRORS
from opsmetrics.ingest.sql import text

#: How a line of totals begins, in English, German, French, Spanish, Italian, Dutch, Portuguese, Polish and Swedish.
_BEGINS = (
    "(grand |sub-? ?|sous-? ?|zwischen-?|eind|sub)?(tota(le?s?|al)|summen?|sommes?|sumas?)( |:|$)"
    "|gesamt(summe|ergebnis)?( |:|$)|insgesamt( |:|$)|somme totale|suma total"
    "|(razem|ogółem|łącznie|(del|total)?summa|totalt|i alt|soma)( |:|$)"
)
#: How it ends, where it begins with what is added up: 'Berlin Total'.
_ENDS = "[^0-9]* (total|(gesamt|teil)?ergebnis)"
#: Words that, alone in the first filled cell, tell another summary of the records above.
_SUMMARIES = (
    *("average", "mean", "count", "sum", "minimum", "maximum", "min", "max", "median", "std dev"),
    *("durchschnitt", "mittelwert", "anzahl", "mittel", "moyenne", "nombre", "promedio", "media", "conteggio"),
    *("gemiddelde", "aantal", "som", "somma", "suma", "ergebnis"),
)
#: Words that, alone in a cell, make its record a total.
ALONE = (
    *("total", "totals", "subtotal", "sub-total", "grand total", "summe", "gesamt", "gesamtsumme", "insgesamt"),
    *("zwischensumme", "somme", "sous-total", "total general", "total général", "suma", "suma total"),
    *("gesamtergebnis", "teilergebnis", "totale", "totale complessivo", "totale generale", "subtotale"),
    *("totaal", "eindtotaal", "subtotaal", "total geral", "razem", "ogółem", "łącznie", "suma końcowa"),
    *("summa", "delsumma", "totalsumma", "totalt", "i alt"),
)
#: Words that make a record the total of others of its time; without these they may be a name of its own.
_ALL = (
    "(all|alle|tous|toutes|tout|todos|todas|todo|tutti|tutte)( (the |die |der |les |las |los |le |i |de )?"
    "(sites?|plants?|lines?|shifts?|locations?|machines?|units?|werke|standorte|linien|schichten|anlagen|maschinen"
    "|usines|lignes|équipes|plantas|sitios|líneas|turnos|centros|stabilimenti|linee|turni|locaties|lijnen))?"
    "|σ|∑|ensemble|overall|(company|group|plant|site|line) total"
)
#: Cells that stand for the one above them.
_ABOVE = ("''", '""', "〃", "″", "ditto", "dito", "idem", "id.", "do.", "as above", "wie oben")
#: Lines about the table between or below its records: a comment, a page, how many rows there are, where it ends.
_NOTE = (
    "#.*|[-*=]{2}.*|[(][^)]*(rows?|zeilen|records?|lignes|filas|righe|rijen)\\b[^)]*[)].*|[*†].*"
    "|(page|seite|página|pagina|blad) [0-9]+( *(of|von|de|sur|di|van|/) *[0-9]+)?"
    "|[0-9,.]+ (rows?|zeilen|records?|lignes|filas|righe|rijen)( in set| affected| selected| returned)?( .*)?"
    "|(note|notes|source|quelle|hinweis|anmerkung|remarque|fuente|nota|fonte|bron|let op)s? ?:.*"
    "|(end of|ende des|fin du|fin de|fine del|einde) .*"
)
#: A record may begin with an error of a spreadsheet, which looks like a comment.
_ERROR = f"^(?:{'|'.join(map(re.escape, SHEET_ERRORS))})"


def is_total(first_cell: str) -> str:
    """True where the first filled cell of a line, in lower case, says that it is a total."""
    whole = f"^(({_BEGINS})|({_ENDS}|{'|'.join(_SUMMARIES)})[ :]*$)"
    return f"regexp_matches({first_cell}, {text(whole)})"


def is_note(line: str) -> str:
    """True where a line, in lower case, is about the table and none of its records."""
    bare = f"trim({line}, ' ,;\t|\"')"
    return f"(regexp_full_match({bare}, {text(_NOTE)}) AND NOT regexp_matches({bare}, {text(_ERROR)}))"


def may_be_total(cell: str) -> bool:
    """True where a name, in lower case, means all others, so that its record is a total where there are others."""
    return re.fullmatch(_ALL, cell.strip()) is not None


def says_above(cell: str) -> bool:
    """True where a cell, in lower case, only says that the name above it holds on."""
    return cell.strip() in _ABOVE


def says_total(cell: str) -> bool:
    """True where a cell, in lower case, is nothing but a word for total, with or without a colon."""
    return cell.rstrip(" :") in ALONE


#: The cells of a line that hold something, over its cells `f`; true of a line of totals.
FILLED = "list_filter(f, lambda x: trim(x, ' \t\u00a0') <> '')"
TOTAL_LINE = is_total(f"lower(trim({FILLED}[1], ' \t\u00a0'))")
