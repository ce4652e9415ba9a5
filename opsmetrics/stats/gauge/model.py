"""What a gauge study is, once computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Design = Literal["crossed", "nested"]

#: The components in the order in which they are shown.
COMPONENTS = ("grr", "repeatability", "reproducibility", "operator", "interaction", "part", "total")


@dataclass(frozen=True)
class Source:
    """A row of the analysis of variance. f, p: None where there is nothing to test against."""

    name: str
    ss: float
    df: int
    ms: float
    f: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class Component:
    """A part of the variation. variance with its interval (None: none is known); sigma its root; contribution: per cent
    of the total variance; study: k·sigma; study_share: per cent of the total study variation; tolerance_share: of the
    tolerance (None without one)."""

    variance: float
    low: float | None
    high: float | None
    sigma: float
    contribution: float
    study: float
    study_share: float
    tolerance_share: float | None


@dataclass(frozen=True, eq=False)
class GaugeStudy:
    """A gauge study by analysis of variance.

    design: "crossed" where each operator measures each part, "nested" where each has parts of its own. trials: readings
        of each part by one operator. table: the sources of the full model and the total.
    pooled: the interaction of part and operator was counted as repeatability; f_interaction, p_interaction: of its test
        (None where it cannot be tested). components: by name, those of COMPONENTS that the design has.
    ndc: distinct categories, √2·σ_part/σ_grr as 1.41 (AIAG), truncated and at least 1; ndc_exact: before that; both
        None where the measuring system has no variation at all. k: how many sigmas the study variation takes.
    """

    design: Design
    parts: int
    operators: int
    trials: int
    table: tuple[Source, ...]
    pooled: bool
    f_interaction: float | None
    p_interaction: float | None
    components: Mapping[str, Component]
    ndc: int | None
    ndc_exact: float | None
    k: float
    tolerance: float | None
    alpha: float
    confidence: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RangeStudy:
    """A crossed gauge study by the average-and-range method (AIAG, Measurement Systems Analysis, 4th ed., III-B).

    rbar: mean range of a part measured by one operator; xdiff: largest difference of operators' means; rp: range of the
    parts' means. ev, av, grr, pv, tv: standard deviations. pct_grr: per cent of tv. ndc: 1.41·pv/grr, not truncated.
    """

    rbar: float
    xdiff: float
    rp: float
    ev: float
    av: float
    grr: float
    pv: float
    tv: float
    pct_grr: float
    ndc: float
    k1: float
    k2: float
    k3: float
