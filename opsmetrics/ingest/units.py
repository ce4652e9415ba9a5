"""Units as people write them: which of them measure the same, and by what factor one becomes the other.

Names in English, German, French and Spanish. Case counts where it must: M is a million, m a metre; a g is no G.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from opsmetrics.ingest.cells import tidy

#: Minutes in what a person calls h:mm, where the file does not tell it from m:ss.
CLOCK = "h:mm"
#: Minutes in what is written with its own units: 1h 30m, 01:30:00.
SPAN = "h min"
#: Families in which another unit is another number, so that a number without one is not known to be in it.
SCALED = frozenset({"time", "mass", "length", "volume", "energy", "power", "data"})


@dataclass(frozen=True)
class Unit:
    """What a word for a unit means: its family, how many of the family's own unit it is, and its short name."""

    family: str
    factor: float
    name: str


_WORDS: Mapping[str, tuple[str, float, str]] = {
    "ms": ("time", 1 / 60_000, "ms msec millisecond milliseconds millisekunden"),
    "s": ("time", 1 / 60, "s sec secs sek second seconds sekunde sekunden seconde secondes segundo segundos"),
    "min": ("time", 1.0, "min mins minute minutes minuten minuto minutos"),
    "h": ("time", 60.0, "h hr hrs hour hours std stunde stunden heure heures hora horas"),
    "d": ("time", 1440.0, "d day days tag tage tagen jour jours dia dias día días"),
    "mg": ("mass", 1e-6, "mg"),
    "g": ("mass", 1e-3, "g gr gram grams gramm gramme grammes gramo gramos"),
    "kg": ("mass", 1.0, "kg kgs kilo kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos"),
    "t": ("mass", 1e3, "t to tonne tonnes tonnen tonelada toneladas"),
    "lb": ("mass", 0.45359237, "lb lbs pound pounds"),
    "mm": ("length", 1e-3, "mm"),
    "cm": ("length", 1e-2, "cm"),
    "m": ("length", 1.0, "m metre metres meter meters metro metros mètre mètres"),
    "km": ("length", 1e3, "km"),
    "ml": ("volume", 1e-3, "ml"),
    "cl": ("volume", 1e-2, "cl"),
    "l": ("volume", 1.0, "l litre litres liter liters litro litros"),
    "hl": ("volume", 100.0, "hl"),
    "m³": ("volume", 1000.0, "m³ m3 cbm"),
    "Wh": ("energy", 1e-3, "wh"),
    "kWh": ("energy", 1.0, "kwh"),
    "MWh": ("energy", 1e3, "mwh"),
    "GWh": ("energy", 1e6, "gwh"),
    "kW": ("power", 1.0, "kw"),
    "pcs": (
        "count",
        1.0,
        "pcs pc piece pieces ea each unit units item items stk stck st stück stuck pièce pièces piece pza pz pzs pieza "
        "piezas ud uds unidad unidades unité unités",
    ),
    "%": ("share", 0.01, "% percent pct prozent pourcent porcentaje pourcentage"),
    "‰": ("share", 0.001, "‰ permille promille"),
}
#: Case tells these apart: k is a thousand, M a million.
_TIMES: Mapping[str, float] = {
    **dict.fromkeys(("k", "K", "tsd", "tsd.", "Tsd", "Tsd.", "T", "mil", "thousand", "Tausend"), 1e3),
    **dict.fromkeys(("M", "Mio", "Mio.", "mio", "mio.", "million", "millions", "Millionen", "MM"), 1e6),
    **dict.fromkeys(("B", "bn", "Mrd", "Mrd.", "mrd", "mrd.", "billion"), 1e9),
}
_MONEY: Mapping[str, str] = {
    **dict.fromkeys(("€", "eur", "euro", "euros"), "EUR"),
    **dict.fromkeys(("$", "usd", "us$", "dollar", "dollars"), "USD"),
    **dict.fromkeys(("£", "gbp"), "GBP"),
    **dict.fromkeys(("chf", "fr", "fr.", "sfr", "sfr."), "CHF"),
    **dict.fromkeys(("¥", "jpy"), "JPY"),
    **dict.fromkeys(("₹", "inr"), "INR"),
    **{code.lower(): code for code in ("SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CNY", "AUD", "CAD", "NZD", "BRL")},
    **dict.fromkeys(("kr", "kr."), "kr"),
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    **{f"{sign}$".lower(): f"{sign}$" for sign in ("A", "C", "R", "NZ", "HK", "S")},
}
_NAMED: Mapping[str, Unit] = {
    word: Unit(family, factor, name) for name, (family, factor, words) in _WORDS.items() for word in words.split()
}
#: In brackets, or behind the word "in": Downtime (h), Wait [min], Cost in kEUR.
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,20})[)\]]")
_IN = re.compile(r"\b(?:in|en)\s+(\S{1,8}(?:\s\S{1,4})?)\s*$", re.IGNORECASE)


def unit_of(text: str) -> Unit | None:
    """What a word for a unit means; None where it is not known."""
    word = " ".join(tidy(text).split())
    if not word:
        return None
    bare = word.rstrip(".").casefold()
    if word in ("M", "B"):  # m is a metre
        return Unit("multiple", _TIMES[word], word)
    if bare in _NAMED:
        return _NAMED[bare]
    if bare in _MONEY or word.casefold() in _MONEY:
        code = _MONEY.get(bare) or _MONEY[word.casefold()]
        return Unit(f"money {code}", 1.0, code)
    if word in _TIMES:
        return Unit("multiple", _TIMES[word], word)
    said = {unit_of(part) for part in word.split()} if " " in word else set()
    return said.pop() if len(said) == 1 and None not in said else _multiple(word)


def _multiple(word: str) -> Unit | None:
    """kEUR, T€, Mio. €, '€ k': a currency (or pieces) and how many of it."""
    for times, factor in sorted(_TIMES.items(), key=lambda pair: -len(pair[0])):
        for rest in (word.removeprefix(times), word.removesuffix(times)):
            rest = rest.strip(" .")
            inner = unit_of(rest) if rest and len(rest) < len(word.strip(" .")) else None
            if inner is not None and inner.factor == 1.0 and (inner.family[:5] == "money" or inner.family == "count"):
                return Unit(inner.family, factor, f"{times} {inner.name}")
    return None


def unit_in_header(header: str, below: str = "") -> Unit | None:
    """The unit that a header states, or the row of units under it: in brackets, behind `in`, or a per cent sign."""
    told = [below, *_BRACKETS.findall(header), *_IN.findall(header), *(sign for sign in "%‰" if sign in header)]
    return next((unit for text in told if (unit := unit_of(text)) is not None), None)


def minutes_and_seconds(header: str) -> bool | None:
    """True where a header says m:ss (or mm:ss), False for h:mm (or hh:mm), None where it says neither."""
    said = header.casefold()
    if re.search(r"\bm{1,2}:s{1,2}\b", said):
        return not re.search(r"h:m", said)
    return False if re.search(r"\bh{1,2}:m{1,2}\b", said) else None
