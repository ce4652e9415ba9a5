"""The short id of a verdict: a digest of what it says of which series, so that it is found again from paper.

Not of when it was asked for: the same words about the same figures keep their id from rerun to rerun and from file to
file, and a verdict that says anything else gets another one.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from opsmetrics.verdict.as_dict import Reviewed, as_plain
from opsmetrics.verdict.model import VERDICT_FIELDS, Verdict
from opsmetrics.verdict.rendering import as_json

#: Crockford's letters and digits: no I, L, O or U, which are misread by hand.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})

#: Ten signs of five bits: of a million different verdicts two share an id with a chance of 1 in 2,000.
LENGTH = 10
_HALF = LENGTH // 2

#: Digits to which figures are told apart: sums that were added in another order are the same.
_DIGITS = 9


def content(review: Reviewed) -> dict[str, Any]:
    """What the verdict of a review says, as plain values: the fields of the verdict, its sentences as patterns with
    values, and all episodes; nothing of when it was asked for. Empty at a grain without a verdict."""
    verdict = review.verdict
    if verdict is None:
        return {}
    said: dict[str, Any] = as_plain({**_fields(verdict), "episodes": review.episodes})
    return said


def _fields(verdict: Verdict) -> dict[str, Any]:
    fields = {name: getattr(verdict, name) for name in VERDICT_FIELDS}
    sentence = [as_json(each) for each in verdict.sentence]
    return fields | {"reasons": verdict.reasons, "episode": verdict.episode, "sentence": sentence}


def identifier(review: Reviewed) -> str:
    """The id of a verdict, such as "7KQ2M-9XABT"; "" at a grain without a verdict."""
    said = content(review)
    return digest([review.kpi.key, dict(review.series.slice), review.series.grain, said]) if said else ""


def read_identifier(text: str) -> str:
    """The id that a person typed: small letters, left-out or added hyphens and the usual mistakes are mended.

    Raises ValueError where it cannot be one.
    """
    signs = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(signs) != LENGTH or set(signs) - set(_SIGNS):
        raise ValueError(f"found {text!r}, wanted an id of {LENGTH} letters and digits, such as 7KQ2M-9XABT")
    return f"{signs[:_HALF]}-{signs[_HALF:]}"


def digest(said: Any) -> str:
    """The id of plain values."""
    text = json.dumps(rounded(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    signs = "".join(_SIGNS[number >> 5 * place & 31] for place in range(LENGTH))
    return f"{signs[:_HALF]}-{signs[_HALF:]}"


def rounded(said: Any) -> Any:
    """Plain values with their figures to nine digits."""
    if isinstance(said, float):
        return float(f"{said:.{_DIGITS}g}") if math.isfinite(said) else None
    if isinstance(said, Mapping):
        return {key: rounded(part) for key, part in said.items()}
    if isinstance(said, Sequence) and not isinstance(said, str):
        return [rounded(part) for part in said]
    return said


#: Two figures that differ by no more than this part of them are equal.
_SAME = 1e-8


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields in which two contents differ, figures beyond the noise of adding up."""
    names = dict.fromkeys((*one, *other))
    return tuple(name for name in names if not _alike(one.get(name), other.get(name)))


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return not differences(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME * _SAME)
    return bool(one == other)
