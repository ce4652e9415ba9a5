"""Words about numbers of things."""

from __future__ import annotations

from opsmetrics.measurements import Notice, counted


def test_one_thing_and_many() -> None:
    one, many = "{n} outage has no end", "{n} outages have no end"
    assert [counted(n, one, many) for n in (0, 1, 2, 2340)] == [
        "0 outages have no end",
        "1 outage has no end",
        "2 outages have no end",
        "2,340 outages have no end",
    ]
    assert Notice.counting("open", 1, one, many) == Notice("open", "1 outage has no end")
