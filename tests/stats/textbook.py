"""Data of textbook examples, used by several tests, each with its source."""

from __future__ import annotations

#: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flow rate, ten batches.
FLOW_RATE = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)

#: Montgomery, Introduction to Statistical Quality Control, frozen orange juice cans, 30 samples of 50.
ORANGE_JUICE = (
    *(12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22),
    *(8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6),
)
ORANGE_JUICE_SIZE = 50

#: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.1: defects on 25 wafers; centre 16, limits 28 and 4.
WAFERS = (16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13)

#: Montgomery, the same book, piston ring diameters, the first five of 25 samples of 5 (mm).
PISTON_RINGS = (
    (74.030, 74.002, 74.019, 73.992, 74.008),
    (73.995, 73.992, 74.001, 74.011, 74.004),
    (73.988, 74.024, 74.021, 74.005, 74.002),
    (74.002, 73.996, 73.993, 74.015, 74.009),
    (73.992, 74.007, 74.015, 73.989, 74.014),
)
