"""English: what people call their counts, in the singular. They name them in the plural, "scrapped pieces"."""

from __future__ import annotations

import re

#: Plurals that follow no rule.
IRREGULAR = {
    **{"people": "person", "children": "child", "men": "man", "women": "woman", "feet": "foot", "teeth": "tooth"},
    **{"shelves": "shelf", "knives": "knife", "lives": "life", "halves": "half", "leaves": "leaf", "loaves": "loaf"},
    **{"diagnoses": "diagnosis", "analyses": "analysis", "crises": "crisis", "matrices": "matrix", "indices": "index"},
    **{"buses": "bus", "gases": "gas", "viruses": "virus", "bonuses": "bonus", "statuses": "status", "lenses": "lens"},
    **{
        "movies": "movie",
        "cookies": "cookie",
        "calories": "calorie",
        "ties": "tie",
        "shoes": "shoe",
        "caches": "cache",
    },
}
#: Words that are what they are, one or many.
SAME = frozenset({"series", "species", "news", "means", "lens", "bias", "gas", "always", "across"})

_ENDINGS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zzes", "zz"), ("oes", "o"))

#: A word in small letters that ends like a plural; short ones are abbreviations (pcs, hrs, ms).
_PLURAL = re.compile(r"[a-z]{3,}(?<![sui])s")


def one(noun: str) -> str:
    """The singular of a noun given in the plural: "bed days" is "bed day", "pieces made" "piece made".

    The head is the last of the first words in the plural that stand together; a phrase without one stays as it is.
    """
    words = noun.split(" ")
    many = [_many(word) for word in words]
    if True not in many:
        return noun
    head = many.index(True)
    while head + 1 < len(words) and many[head + 1]:
        head += 1
    return " ".join([*words[:head], _singular(words[head]), *words[head + 1 :]])


def _many(word: str) -> bool:
    return word in IRREGULAR or (word not in SAME and _PLURAL.fullmatch(word) is not None)


def _singular(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word.removesuffix("s")
