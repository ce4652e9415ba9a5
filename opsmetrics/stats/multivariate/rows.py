"""Rows of several variables, and the mean and covariance behind their charts.

Covariances of single rows: "sample", divisor m − 1; "successive", half the mean square of successive differences
(Holmes & Mergen, Quality Engineering 5, 1993; Sullivan & Woodall, Journal of Quality Technology 28, 1996), which a step
or drift in the baseline hardly inflates. Of subgroups: "within", the covariances within the subgroups pooled by their
degrees of freedom; with equal sizes that is their mean (Alt 1985; Montgomery, Introduction to Statistical Quality
Control, chapter 11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, Labels, Slots, floats
from opsmetrics.stats.layout import Layout, layout, neighbours

#: One row of p numbers per slot (a table's columns name the variables), or per variable one row of readings per
#: subgroup: a mapping of names to such rows, or an array of slots × readings × variables.
Rows: TypeAlias = Sequence[Sequence[float | None]] | npt.NDArray[np.generic] | pd.DataFrame | Mapping[str, Any]
Covariance = Literal["sample", "successive", "within"]

#: A variable that the others explain to this share of its variance is said to depend on them.
_EXPLAINED = 1 - 1e-10


@dataclass(frozen=True, eq=False)
class Observed:
    """Means and covariances in force. size: observations per slot (0 in a gap); used: how many made each mean."""

    names: tuple[str, ...]
    offsets: FloatArray
    size: FloatArray
    slots: Layout
    mean: FloatArray
    covariance: FloatArray
    degrees: FloatArray  # per phase; inf where the covariance was given
    used: FloatArray  # per phase: observations behind the mean; inf where it was given
    methods: dict[str, str]
    successive: bool


def observed(
    rows: Rows,
    *,
    covariance: Covariance | npt.ArrayLike | None,
    mean: npt.ArrayLike | None,
    names: Sequence[str] | None,
    phase: Labels | None,
    exclude: Slots | None,
    baseline: Slots | None,
) -> Observed:
    """Rows with the mean and covariance of each phase. Raises ValueError for what is no table of numbers."""
    cube, found = cube_of(rows)
    labels = _names(names, found, cube.shape[2])
    complete = np.asarray(np.isfinite(cube).all(axis=2), dtype=np.bool_)
    size = complete.sum(axis=1).astype(np.float64)
    slots = layout(size > 0, phase, exclude, baseline)
    means = _row_means(cube, complete, size)
    centre, used = _centres(means, size, slots, mean)
    method, matrices, degrees = _covariances(cube, complete, means, size, slots, covariance)
    for number in np.flatnonzero(np.isfinite(matrices).all(axis=(1, 2))):
        not_singular(matrices[number], labels)
    return Observed(
        labels,
        means - centre[slots.phase] if slots.phases else means,
        size,
        slots,
        centre,
        matrices,
        degrees,
        used,
        {"covariance": method, "mean": "estimated" if mean is None else "given"},
        method == "successive",
    )


def cube_of(rows: Rows) -> tuple[FloatArray, tuple[str, ...] | None]:
    """Slots × readings × variables, NaN for what is missing, and the names that came with the rows."""
    if isinstance(rows, Mapping):
        return _cube_by_name(rows)
    names = tuple(str(name) for name in rows.columns) if isinstance(rows, pd.DataFrame) else None
    if isinstance(rows, pd.DataFrame):
        columns = [floats(rows[name], str(name)) for name in rows.columns]
        table = np.column_stack(columns) if columns else np.zeros((len(rows), 0))
    elif isinstance(rows, np.ndarray) and rows.ndim == 3:
        flat = floats(rows.reshape(-1), "rows")
        return _checked(flat.reshape(rows.shape)), None
    else:
        table = _rectangle([floats(row, f"row {number}") for number, row in enumerate(rows)])
    return _checked(table[:, None, :]), names


def _rectangle(rows: list[FloatArray]) -> FloatArray:
    lengths = [len(row) for row in rows]
    if len(set(lengths)) > 1:
        odd = next(number for number, length in enumerate(lengths) if length != lengths[0])
        raise ValueError(
            f"rows: found {lengths[odd]} numbers in row {odd} and {lengths[0]} in row 0; "
            "wanted one number per variable in each row (None where one is missing)"
        )
    return np.array(rows, dtype=np.float64).reshape(len(rows), lengths[0] if lengths else 0)


def _cube_by_name(rows: Mapping[str, Any]) -> tuple[FloatArray, tuple[str, ...]]:
    tables = []
    for name, readings in rows.items():
        items = list(readings)
        single = all(np.ndim(item) == 0 for item in items)
        parts = [floats([item] if single else item, f"{name}, subgroup {number}") for number, item in enumerate(items)]
        table = np.full((len(parts), max((len(part) for part in parts), default=0)), np.nan)
        for row, part in zip(table, parts, strict=True):
            row[: len(part)] = part
        tables.append(table)
    shapes = {table.shape for table in tables}
    if len(shapes) > 1:
        found = ", ".join(f"{name} {a} × {b}" for name, (a, b) in zip(rows, (t.shape for t in tables), strict=True))
        raise ValueError(f"rows: found {found} (subgroups × readings); wanted the same of each variable")
    cube = np.stack(tables, axis=2) if tables else np.zeros((0, 1, 0))
    return _checked(cube), tuple(str(name) for name in rows)


def _checked(cube: FloatArray) -> FloatArray:
    if cube.shape[2] == 0 and len(cube):
        raise ValueError("rows: found no variable; wanted one or more numbers in each row")
    return cube


def _names(names: Sequence[str] | None, found: tuple[str, ...] | None, p: int) -> tuple[str, ...]:
    labels = tuple(names) if names is not None else found or tuple(f"X{number + 1}" for number in range(p))
    if len(labels) != p or len(set(labels)) != p:
        raise ValueError(f"names: found {', '.join(map(str, labels))}; wanted {p} different names, one per variable")
    return labels


def _row_means(cube: FloatArray, complete: BoolArray, size: FloatArray) -> FloatArray:
    level = cube[complete][0] if complete.any() else np.zeros(cube.shape[2])
    sums = np.where(complete[:, :, None], cube - level, 0.0).sum(axis=1)
    share = np.divide(1.0, size, out=np.full(size.shape, np.nan), where=size > 0)
    return np.asarray(level + sums * share[:, None], dtype=np.float64)


def _centres(
    means: FloatArray, size: FloatArray, slots: Layout, given: npt.ArrayLike | None
) -> tuple[FloatArray, FloatArray]:
    p = means.shape[1]
    if given is not None:
        vector = np.asarray(given, dtype=np.float64)
        if vector.shape != (p,) or not np.isfinite(vector).all():
            raise ValueError(f"mean: found {vector.tolist()}; wanted {p} numbers, one per variable")
        return np.tile(vector, (slots.phases, 1)), np.full(slots.phases, np.inf)
    centre, used = np.full((slots.phases, p), np.nan), np.zeros(slots.phases)
    for number in range(slots.phases):
        here = slots.used & (slots.phase == number)
        used[number] = size[here].sum()
        if used[number]:
            first = means[here][0]
            centre[number] = first + ((means[here] - first) * size[here, None]).sum(axis=0) / used[number]
    return centre, used


def _covariances(
    cube: FloatArray,
    complete: BoolArray,
    means: FloatArray,
    size: FloatArray,
    slots: Layout,
    wanted: Covariance | npt.ArrayLike | None,
) -> tuple[str, FloatArray, FloatArray]:
    p, grouped = cube.shape[2], bool((size > 1).any())
    if wanted is not None and not isinstance(wanted, str):
        matrix = given_covariance(wanted, p)
        return "given", np.tile(matrix, (slots.phases, 1, 1)), np.full(slots.phases, np.inf)
    method = wanted or ("within" if grouped else "sample")
    if method not in get_args(Covariance):
        raise ValueError(
            f"covariance: found {method!r}; wanted 'sample', 'successive', 'within' or a matrix of {p} × {p} numbers"
        )
    if method == "within" and not grouped:
        raise ValueError("covariance: found 'within' for single rows; wanted 'sample' or 'successive'")
    matrices, degrees = np.full((slots.phases, p, p), np.nan), np.zeros(slots.phases)
    for number in range(slots.phases):
        here = slots.used & (slots.phase == number)
        if method == "within":
            matrix, free = _within(cube[here], complete[here], means[here])
        elif method == "successive":
            matrix, free = _successive(means, size, neighbours(here, slots), int(here.sum()))
        else:
            matrix, free = _sample(means[here], size[here])
        degrees[number] = free
        rank = len(neighbours(here, slots)[0]) if method == "successive" else free
        if rank >= max(p, 1):  # fewer differences than variables leave directions without any spread
            matrices[number] = matrix
    return method, matrices, degrees


def given_covariance(wanted: npt.ArrayLike, p: int) -> FloatArray:
    """A given covariance, checked. Raises ValueError unless it is symmetric, p × p, of finite numbers."""
    matrix = np.asarray(wanted, dtype=np.float64)
    if matrix.shape != (p, p) or not np.isfinite(matrix).all():
        raise ValueError(f"covariance: found {_shape(matrix)} numbers; wanted a matrix of {p} × {p} finite numbers")
    if not np.allclose(matrix, matrix.T, rtol=1e-8, atol=1e-12 * float(np.abs(matrix).max())):
        raise ValueError("covariance: found a matrix that is not symmetric; wanted covariances, the same both ways")
    return (matrix + matrix.T) / 2


def _shape(matrix: FloatArray) -> str:
    return " × ".join(map(str, matrix.shape)) or "1"


def _within(cube: FloatArray, complete: BoolArray, means: FloatArray) -> tuple[FloatArray, float]:
    rest = np.where(complete[:, :, None], cube - means[:, None, :], 0.0)
    degrees = float(np.maximum(complete.sum(axis=1) - 1, 0).sum())
    return np.einsum("ijk,ijl->kl", rest, rest) / max(degrees, 1.0), degrees


def _sample(means: FloatArray, size: FloatArray) -> tuple[FloatArray, float]:
    """Of the subgroups' means about their mean, times the size: an observation's covariance if all spread is within."""
    degrees = float(len(means) - 1)
    if degrees < 1:
        return np.zeros((0, 0)), 0.0
    first = means[0]
    rest = means - first
    rest = (rest - (rest * size[:, None]).sum(axis=0) / size.sum()) * np.sqrt(size)[:, None]
    return rest.T @ rest / degrees, degrees


def _successive(means: FloatArray, size: FloatArray, pairs: Any, m: int) -> tuple[FloatArray, float]:
    """Degrees of freedom 2(m−1)²/(3m−4) by moments (Scholz & Tosch 1994), with m − 1 the number of differences."""
    left, right = pairs
    if len(left) == 0:
        return np.zeros((0, 0)), 0.0
    weight = 1 / (1 / size[left] + 1 / size[right])
    steps = (means[right] - means[left]) * np.sqrt(weight)[:, None]
    count = len(left)
    return steps.T @ steps / count, 2.0 * count**2 / (3.0 * count - 1)


def not_singular(matrix: FloatArray, names: Sequence[str]) -> None:
    """Raises ValueError naming the variables that do not vary, or that follow from the others."""
    variance = np.diag(matrix)
    still = [name for name, found in zip(names, variance, strict=True) if not found > 0]
    if still:
        raise ValueError(f"covariance: {' and '.join(still)} does not vary in the baseline; leave it out")
    scale = np.sqrt(variance)
    correlation = matrix / np.outer(scale, scale)
    roots, vectors = np.linalg.eigh(correlation)
    if roots[0] < -1e-8:
        raise ValueError(
            "covariance: found a matrix that no variables can have (some sum of them would vary less than 0)"
        )
    if roots[0] > (1 - _EXPLAINED) * roots[-1]:
        return
    tied = [name for name, share in zip(names, np.abs(vectors[:, 0]), strict=True) if share > 0.05]
    raise ValueError(
        f"covariance: {', '.join(tied[:-1])} and {tied[-1]} follow from each other in the baseline; "
        "leave one of them out"
    )
