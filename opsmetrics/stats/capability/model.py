"""What a capability study is, once computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from opsmetrics.stats.capability.laws import Law

#: Shares below the natural limits: those of a normal distribution at three sigmas, as ISO 22514-2 rounds them.
LOW, HIGH = 0.00135, 0.99865


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval. low, high: None where none is known. freedom: degrees of freedom of the interval."""

    value: float
    low: float | None = None
    high: float | None = None
    freedom: float | None = None


@dataclass(frozen=True)
class Tails:
    """Readings in a million that lie beyond each limit. A side without a limit, or with a boundary, has 0."""

    below: float
    above: float

    @property
    def total(self) -> float:
        """Both sides together."""
        return self.below + self.above


@dataclass(frozen=True, eq=False)
class Capability:
    """How single readings lie against their specification.

    n: readings used. mean, sigma_overall (divisor n − 1) and sigma_within: of the readings, or of the transformed ones
        where `method` transforms them; sigma_within and the indices of it are absent for fitted laws and percentiles.
    lower, upper: the specification; None is an open side. lower_bound, upper_bound: that limit cannot be passed, so it
        makes no index. target: None is none.
    indices: by name, those that are defined: cp, cpl, cpu, cpk, cpm_within from the spread within subgroups; pp, ppl,
        ppu, ppk, cpm_overall (spread about the target, divisor n), ppm_taguchi (the same with divisor n − 1) from that
        of all readings.
    ppm: by name, in a million: observed, expected_overall, and expected_within where there is a spread within.
    law: the distribution by which the indices were computed, in the unit of the readings.
    methods: what was used, by name.
    """

    n: int
    mean: float
    sigma_overall: float
    sigma_within: float | None
    lower: float | None
    upper: float | None
    target: float | None
    lower_bound: bool
    upper_bound: bool
    confidence: float
    method: str
    indices: Mapping[str, Estimate]
    ppm: Mapping[str, Tails]
    law: Law
    methods: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Estimate | None:
        """An index by name, None where it is not defined."""
        return self.indices.get(name)

    @property
    def natural(self) -> tuple[float, float, float]:
        """The natural limits of single readings with the median: percentiles 0.135, 50 and 99.865 of the law."""
        return self.law.quantile(LOW), self.law.quantile(0.5), self.law.quantile(HIGH)
