"""Readings of a gauge study as a block: parts × operators × trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, Labels, Values, floats
from opsmetrics.stats.gauge.model import Design


@dataclass(frozen=True, eq=False)
class Block:
    """Readings by operator, part (nested: of that operator) and trial, with the names of both."""

    values: FloatArray  # operators × parts × trials
    operators: tuple[str, ...]
    parts: tuple[str, ...]


def block(values: Values, part: Labels, operator: Labels | None, design: Design) -> Block:
    """The readings in order. operator None: one and the same.

    Raises ValueError, naming the cell, where a reading is missing or the cells differ in number, and for fewer than two
    parts.
    """
    if design not in ("crossed", "nested"):
        raise ValueError(f"design: found {design!r}; wanted 'crossed' or 'nested'")
    value = floats(values, "measurement")
    frame = pd.DataFrame({"value": value, "part": _labels(part), "operator": _labels(operator, len(value))})
    _refuse_missing(frame)
    counts = frame.groupby(["operator", "part"], sort=False).size()
    operators = tuple(dict.fromkeys(frame["operator"]))
    parts = {one: tuple(dict.fromkeys(frame.loc[frame["operator"] == one, "part"])) for one in operators}
    if design == "crossed":
        every = tuple(dict.fromkeys(frame["part"]))
        lost = [(one, name) for one in operators for name in every if name not in parts[one]]
        if lost:
            raise ValueError(
                f"found no reading of part {lost[0][1]} by {lost[0][0]}; wanted each part measured by each operator. "
                "Where each operator has parts of their own, the study is nested."
            )
        parts = dict.fromkeys(operators, every)
    _refuse_uneven(counts, parts)
    place = frame.groupby(["operator", "part"], sort=False).ngroup().to_numpy()
    known = {cell: number for number, cell in enumerate(counts.index)}
    rows = np.argsort(place, kind="stable").reshape(len(known), -1)  # of each cell, in order of the trials
    order = [known[one, name] for one in operators for name in parts[one]]
    cells = value[rows[order]].reshape(len(operators), len(parts[operators[0]]), -1)
    return Block(cells, operators, parts[operators[0]])


def _labels(labels: Labels | None, n: int | None = None) -> list[str]:
    if labels is None:
        return ["one operator"] * (n or 0)
    return [_text(label) for label in labels]


def _text(label: object) -> str:
    if label is None or (isinstance(label, float) and np.isnan(label)):
        return ""
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label).strip()


def _refuse_missing(frame: pd.DataFrame) -> None:
    gaps = frame[frame["value"].isna()]
    if len(gaps):
        row = gaps.iloc[0]
        raise ValueError(
            f"found no measurement of part {row['part']} by {row['operator']}; wanted a number in each row"
        )
    for name in ("part", "operator"):
        unnamed = np.flatnonzero(frame[name] == "")
        if len(unnamed):
            raise ValueError(f"found no {name} in row {unnamed[0] + 1}; wanted its name or number")


def _refuse_uneven(counts: pd.Series, parts: dict[str, tuple[str, ...]]) -> None:
    if not len(counts):
        raise ValueError("found no reading; wanted at least two parts, each measured at least twice")
    usual = int(counts.mode().iloc[0])
    uneven = counts[counts != usual].reset_index(name="count")
    if len(uneven):
        row = uneven.iloc[0]
        raise ValueError(
            f"found {row['count']} readings of part {row['part']} by {row['operator']} and {usual} elsewhere; wanted "
            "the same number of each part by each operator"
        )
    numbers = {len(names) for names in parts.values()}
    if len(numbers) > 1:
        fewest = min(parts, key=lambda one: len(parts[one]))
        raise ValueError(
            f"found {len(parts[fewest])} parts of {fewest} and {max(numbers)} of another operator; wanted the same "
            "number of parts for each operator"
        )
    if min(numbers) < 2:
        raise ValueError("found a single part; wanted at least two, so that parts can differ")
