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

#: Montgomery, the same book, table 9.1: twenty values of N(10, 1), then ten of N(11, 1).
SHIFTED = (
    *(9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34),
    *(9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62, 10.31, 8.52, 10.84),
    *(10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52),
)

#: NIST/SEMATECH e-Handbook, 6.3.2.3: means of twenty groups, target 325.
GROUP_MEANS = (
    *(324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600),
    *(324.625, 325.150, 328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350),
)

#: NIST/SEMATECH e-Handbook, 6.3.2.4: twenty values whose EWMA (λ = 0.3, start 50) is printed.
EWMA_DATA = (
    *(52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5),
    *(49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1),
)
