"""What callers hand in (lists, arrays, Series, None for a gap) becomes checked float arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
#: One number per slot; None and NaN are gaps.
Values: TypeAlias = Sequence[float | None] | npt.NDArray[np.generic] | pd.Series
#: Positions (whole numbers from 0) or one bool per slot.
Slots: TypeAlias = Iterable[int] | Sequence[bool] | npt.NDArray[np.generic] | pd.Series
#: One label per slot.
Labels: TypeAlias = Sequence[object] | npt.NDArray[np.generic] | pd.Series


def floats(values: Values, name: str = "values") -> FloatArray:
    """A new one-dimensional float array; None, NaN and NA become NaN.

    Raises ValueError for text, infinities and anything that is not one number per slot.
    """
    array = _numbers(values, name)
    if array.ndim != 1:
        raise ValueError(f"{name}: found {array.ndim} dimensions, wanted one number per slot")
    infinite = np.zeros(0) if np.isfinite(array).all() else np.flatnonzero(np.isinf(array))
    if infinite.size:
        raise ValueError(f"{name}: found an infinite number at position {infinite[0]}; use None for a gap")
    return array


def _numbers(values: Values, name: str) -> FloatArray:
    if isinstance(values, pd.Series):
        values = (
            values.to_numpy(dtype=object, na_value=np.nan) if values.dtype == object else _from_series(values, name)
        )
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        return values.astype(np.float64)
    items = [np.nan if item is None or item is pd.NA else item for item in values]
    for position, item in enumerate(items):
        if isinstance(item, str | bytes) or not _is_number(item):
            raise ValueError(f"{name}: found {item!r} at position {position}; wanted a number, or None for a gap")
    return np.array(items, dtype=np.float64)


def _from_series(series: pd.Series, name: str) -> FloatArray:
    if not pd.api.types.is_numeric_dtype(series.dtype):
        raise ValueError(f"{name}: found a column of type {series.dtype}; wanted numbers, with NaN for a gap")
    return series.to_numpy(dtype=np.float64, na_value=np.nan)


def _is_number(item: object) -> bool:
    return hasattr(item, "__float__") or hasattr(item, "__index__")


def same_length(arrays: Mapping[str, FloatArray]) -> None:
    """Raises ValueError unless all the named arrays have one length."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{length} {name}" for name, length in lengths.items())
        raise ValueError(f"found {found}; wanted one of each per slot (None where one is missing)")


def not_negative(array: FloatArray, name: str) -> None:
    """Raises ValueError where a number is below zero."""
    wrong = np.flatnonzero(array < 0)
    if wrong.size:
        raise ValueError(f"{name}: found {array[wrong[0]]:g} at position {wrong[0]}; wanted zero or more")


def whole(array: FloatArray, name: str) -> None:
    """Raises ValueError where a number (NaN apart) has a fractional part."""
    wrong = np.flatnonzero(np.isfinite(array) & (array != np.floor(array)))
    if wrong.size:
        raise ValueError(f"{name}: found {array[wrong[0]]:g} at position {wrong[0]}; wanted whole numbers")


def one_of(found: str, wanted: Sequence[str], name: str) -> None:
    """Raises ValueError unless `found` is one of the words wanted."""
    if found not in wanted:
        raise ValueError(f"{name}: found {found!r}; wanted {' or '.join(repr(word) for word in wanted)}")


def slots_mask(slots: Slots | None, n: int, name: str) -> BoolArray:
    """True at the slots meant: from positions, or from one bool per slot; None means none.

    A mask must be booleans: zeros and ones are read as positions, and a repeated position is refused.
    """
    mask = np.zeros(n, dtype=np.bool_)
    if slots is None:
        return mask
    array = np.asarray(slots if isinstance(slots, np.ndarray | pd.Series) else list(slots))
    if array.size == 0 and n > 0 and array.dtype != np.bool_:
        return mask
    if array.dtype == np.bool_:
        if array.shape != (n,):
            raise ValueError(f"{name}: found a mask of {array.size} slots for {n} values; wanted one bool per value")
        return array.copy()
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"{name}: found {array[0]!r}; wanted positions (whole numbers from 0) or one bool per value")
    return _positions_mask(array, mask, name)


def _positions_mask(positions: npt.NDArray[np.generic], mask: BoolArray, name: str) -> BoolArray:
    index = positions.astype(np.int64)
    outside = index[(index < 0) | (index >= len(mask))]
    if outside.size:
        raise ValueError(f"{name}: found position {outside[0]}; wanted 0 to {len(mask) - 1}")
    if len(np.unique(index)) < len(index):
        raise ValueError(f"{name}: found a position twice; wanted each once (a mask must hold True and False)")
    mask[index] = True
    return mask


def tolerance(scale: FloatArray, *levels: FloatArray) -> FloatArray:
    """How near to a line a value counts as on it: 1e-9 of `scale`, at least 8 units in the last place of the levels.

    The second part keeps rounding in the centre line (0.1 · 20 / 20 is not 0.1) from looking like variation.
    """
    largest = np.max(np.abs(np.vstack(levels)), axis=0)
    rounding = 8 * np.spacing(np.where(np.isfinite(largest), largest, 0.0))
    return np.asarray(np.fmax(1e-9 * scale, rounding), dtype=np.float64)
