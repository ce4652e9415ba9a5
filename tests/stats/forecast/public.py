"""Chances of a breach on the public series of the forecast sample."""

from __future__ import annotations

import numpy as np

from tests.reference.adapters import SEASONS
from tests.stats.forecast.processes import Told, told
from tests.stats.forecast.test_reference import FOLDER, scorer


def of_public_series() -> list[Told]:
    """The series of the sample, cut at one to eight horizons before their end; what is mostly zero apart."""
    draw = np.random.default_rng(3)
    found: list[Told] = []
    for _, _, freq, _, h, train, _ in scorer().load(FOLDER / "sample"):
        lower = 0.0 if np.nanmin(train) >= 0 else None
        for back in range(1, 9):
            known, came = train[: -back * h], train[len(train) - back * h :][:h]
            whole = np.isfinite(known).all() and np.isfinite(came).all()
            if whole and len(known) >= 3 * h and (known != 0).mean() > 0.6:
                found += told(known, came, draw, seasons_tried=SEASONS[freq], lower=lower)
    return found
