"""English: the sentences of the leadership summary, by pattern id."""

from __future__ import annotations

SUMMARY: dict[str, str] = {
    "summary_fails": "{n:spelled} cannot meet its target as it runs.",
    "summary_fail": "{n:spelled} cannot meet their targets as they run.",
    "summary_calm": "Nothing got worse, and no target is out of reach.",
    "summary_asks_one": "Ask about this first",
    "summary_asks": "Ask about these {n:spelled} first",
    "summary_ask": "Ask about {kpi:name} first.",
}
