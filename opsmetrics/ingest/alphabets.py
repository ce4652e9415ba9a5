"""Which encoding makes words of a file that is not UTF-8: each is tried with the letters of its languages.

A reading is as good as the share of its letters beyond ASCII that one language knows. A capital inside a word, a sign
in the middle of one, and a foreign script beside Latin letters belong to no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

#: Letters beyond ASCII by language, small ones; ASCII words may hold them.
_WESTERN = (
    "äöüßéà",  # German
    "åäöéü",  # Swedish, Finnish
    "æøåéü",  # Danish, Norwegian
    "àâæçéèêëîïôœùûüÿö",  # French
    "áéíóúñüçº ª",  # Spanish
    "àèéìíîòóùú",  # Italian
    "ãõáéíóúâêôàçü",  # Portuguese
    "éëïöüóáèçä",  # Dutch
    "áðéíóúýþæö",  # Icelandic
)
#: Icelandic has these letters in every few words. Without them its ð, þ and ý are the ğ, ş and ı of Turkish.
_ICELANDIC, _NEVER_WITHOUT = _WESTERN[-1], frozenset("áéíóúæ")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșşțţ", "čćđšž")
_TURKISH = ("çğıİöşüâîû",)
_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяєіїґ"
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ"

#: Encodings with their languages, the likelier first.
LATIN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cp1252", _WESTERN),
    ("cp1250", _CENTRAL),
    ("cp850", _WESTERN),
    ("mac_roman", _WESTERN),
    ("cp852", _CENTRAL),
    ("cp1254", _TURKISH),
)
#: Encodings of scripts of their own: words of them hold no Latin letters.
OTHERS: tuple[tuple[str, str], ...] = (
    ("cp1251", _CYRILLIC),
    ("koi8-r", _CYRILLIC),
    ("cp866", _CYRILLIC),
    ("cp1253", _GREEK),
    ("cp932", "japanese"),
    ("gb18030", "chinese"),
)
#: Another encoding than Windows-1252 is taken where one of its languages knows so many letters, and so many more.
KNOWN, MORE = 0.9, 0.1
#: So many different bytes beyond ASCII tell of another encoding where Windows-1252 has a character for all of them
#: and a language for some.
FEWEST = 3
#: Bytes of lines with letters beyond ASCII that are looked at.
LOOKED_AT = 64 * 1024

#: Signs that may stand right before a word.
_BEFORE_WORDS = "«¿¡„“‘‚›‹»€£–—·•§\u00a0"
_COMMON = frozenset("оеаинтсрвлαιοετνσηρκ")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f](?:[^\W\d_]|[^\x00-\x7f])*")


def likeliest(path: Path) -> str | None:
    """The encoding that reads the file best, or None where Windows-1252 is as good a guess as any other."""
    raw = _with_letters(path)
    scores = dict(_scores(raw))
    usual = scores.pop("cp1252", 0.0)
    if usual and _read(raw, "cp1252") is not None and len({byte for byte in raw if byte > 127}) < FEWEST:
        return None
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best and scores[best] >= max(KNOWN, usual + MORE) else None


def words_beyond_ascii(text: str, most: int = 3) -> tuple[str, ...]:
    """The first different words that hold letters beyond ASCII, as somebody would check whether they are read right."""
    return tuple(dict.fromkeys(found[0][:30] for found in _WORD.finditer(text)))[:most]


def _with_letters(path: Path) -> bytes:
    """The first lines that hold bytes beyond ASCII."""
    kept, size = [], 0
    with path.open("rb") as file:
        while size < LOOKED_AT and (line := file.readline(LOOKED_AT)):
            if not line.isascii():
                kept.append(line)
                size += len(line)
    return b"".join(kept)


def _scores(raw: bytes) -> Iterator[tuple[str, float]]:
    for name, languages in LATIN:
        text = _read(raw, name)
        if text is not None:
            signs = list(_signs(text)) or [languages[0][0]]  # no letter: nothing speaks against it
            spoken = [one for one in languages if one != _ICELANDIC or _NEVER_WITHOUT & set(signs)]
            yield name, max(sum(sign in set(language) for sign in signs) for language in spoken) / len(signs)
    for name, script in OTHERS:
        text = _read(raw, name)
        if text is not None and (beyond := _BEYOND.findall(text)):
            yield name, sum(_of_script(text, script)) / len(beyond)


def _read(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return None


def _signs(text: str) -> Iterator[str]:
    """The letters beyond ASCII in small, "" for what cannot stand where it does; signs between words are left out."""
    for found in _BEYOND.finditer(text):
        sign, before, after = found[0], text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if sign.isalpha() and sign not in "ªº":
            inside = before.islower() or (before.isupper() and after.islower())
            wrong = inside if sign.isupper() else before.isupper() and after.isupper()
            yield "" if wrong else sign if sign == "İ" else sign.lower()
        elif sign != "’" and _splits_a_word(sign, before, after):
            yield ""


def _splits_a_word(sign: str, before: str, after: str) -> bool:
    """True where no such sign stands between these letters."""
    if after.isalpha():
        return before.isalpha() or sign not in _BEFORE_WORDS
    return before.isalpha() and sign in "£¥¿¡„‚"


def _of_script(text: str, script: str) -> Iterator[float]:
    """For each letter of the script that stands beside another one, how well it fits."""
    ideographs = {"japanese": _japanese, "chinese": _chinese}.get(script)
    knows = ideographs or partial(_of_alphabet, script)
    for found in re.finditer(r"[^\x00-\x7f]{2,}", text):
        word = found[0]
        around = text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
        latin = ideographs is None and any(sign.isalpha() for sign in around)
        for number, sign in enumerate(word):
            turned = number > 0 and sign.isupper() and word[number - 1].islower()
            yield 0.0 if latin or turned else knows(sign)


def _of_alphabet(letters: str, sign: str) -> float:
    small = sign.lower()
    return 0.0 if small not in letters else 1.0 if small in _COMMON else 0.9


def _japanese(sign: str) -> float:
    if "\u3000" <= sign <= "\u30ff" or "\uff00" <= sign <= "\uff60":
        return 1.0
    lead = sign.encode("cp932", "ignore")[:1]
    return 1.0 if b"\x88" <= lead <= b"\x97" else 0.5 if b"\x98" <= lead <= b"\x9f" else 0.0


def _chinese(sign: str) -> float:
    lead = sign.encode("gb2312", "ignore")[:1]
    return 1.0 if b"\xb0" <= lead <= b"\xd7" or b"\xa1" <= lead <= b"\xa3" else 0.0
