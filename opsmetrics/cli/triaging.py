"""triage: what is new on all charts, ranked, and how much of it chance alone would have brought."""

from __future__ import annotations

import argparse

from opsmetrics.access import OPEN
from opsmetrics.cli import owner
from opsmetrics.cli.console import Console, WrongUsage
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk.finished import Question
from opsmetrics.desk.triage import LEVEL, SinceTooLate, as_dict, triaged
from opsmetrics.triage import Card, Signal, Triage
from opsmetrics.verdict import budget, wording

HEAD = ("score", "KPI", "variation", "from", "detected", "what", "parts")


def triage(given: argparse.Namespace, console: Console) -> int:
    """The budget in a sentence, then the signals, the highest score first."""
    with owner.reading(given, console) as desk:
        try:
            found = triaged(Question(desk, as_of=given.as_of, channel="terminal"), given.since)
        except SinceTooLate as error:
            raise WrongUsage(f"--{error}") from None
    if console.as_json:
        console.answer(as_dict(found, OPEN, any_dependence=given.any_dependence, spread=given.range))
        return 0
    said = [found.budget.sentence(), *([budget.spread(*found.spread())] if given.range else [])]
    console.say(wrapped(" ".join(said)))
    if found.cards:
        rows = [_line(card.first, _also(card)) for card in found.cards]
        console.say(f"\n{table(rows, HEAD, right=('score',), spare=('parts', 'from'))}")
        console.say(f"\n{wrapped(_stand_out(found, given.any_dependence))}")
    return 0


def _line(signal: Signal, also: str) -> list[object]:
    episode, score = signal.episode, signal.score
    state = "" if episode.open else f" ({budget.over()})"
    excess = wording.excess(signal.review.kpi, signal.excess)
    return [
        wording.number(score.total, 1),
        f"{signal.review.name}{also and f' ({also})'}",
        wording.variation(signal.variation, episode.side) + state,
        episode.start_label,
        episode.detected_label,
        "; ".join([*(wording.rule(rule) for rule in episode.rules), *([excess] if excess else [])]),
        budget.parts(score.direction, score.attention, score.surprise, score.volume),
    ]


def _also(card: Card) -> str:
    return budget.also([signal.review.name for signal in card.also]) if card.also else ""


def _stand_out(found: Triage, any_dependence: bool) -> str:
    listed = found.discoveries(LEVEL, "by" if any_dependence else "bh")
    return budget.stand_out([review.name for review, _ in listed])
