"""Stretches of days in words."""

from __future__ import annotations

import datetime as dt

import pytest

from opsmetrics.ui.clock import span_text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-11-16", "2026-11-16", "16 Nov 2026"),
        ("2026-11-16", "2026-11-20", "16–20 Nov 2026"),
        ("2026-10-28", "2026-11-24", "28 Oct – 24 Nov 2026"),
        ("2025-12-30", "2026-01-02", "30 Dec 2025 – 2 Jan 2026"),
    ],
)
def test_what_both_days_share_is_said_once(first: str, last: str, text: str) -> None:
    assert span_text(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == text
