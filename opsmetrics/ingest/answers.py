"""The answers given with a file: an answer to a question that no file asks is a slip, and must not be ignored."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping

from opsmetrics.ingest.problems import ALIAS, QUESTIONS, IngestRefused, listed
from opsmetrics.measurements import Notice


class Answers(Mapping[str, str]):
    """Code of a question → choice; remembers which questions the file asked."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)
        self._asked: dict[str, None] = {}

    def __getitem__(self, code: str) -> str:
        self._asked[code] = None
        return self._given[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    @staticmethod
    def together(first: Mapping[str, str], then: Mapping[str, str]) -> Mapping[str, str]:
        """Answers of which the first win. Those of the first are looked up one by one, so that it knows them."""
        return ChainMap(first, then)  # type: ignore[arg-type]  # nothing is written to it

    @property
    def given(self) -> dict[str, str]:
        """All of them, without a word about which are asked."""
        return dict(self._given)

    def refuse_unknown(self, asked: Iterable[str] = ()) -> None:
        """Raises IngestRefused (`unknown_answer`) for an answer whose code no question has. `asked`: the codes of the
        questions that are open; those that were answered are known."""
        unknown = [code for code in self._given if code.partition(":")[0] not in (*QUESTIONS, ALIAS)]
        if not unknown:
            return
        codes = list(dict.fromkeys((*asked, *(code for code in self._asked if code in self._given))))
        raise IngestRefused(
            "unknown_answer",
            f"an answer to {listed(unknown)}, which is no question about a file",
            f"an answer to {listed(codes)}" if codes else "no answer: this file asks nothing",
            "correct the code of the question, or leave the answer out",
        )

    def not_needed(self) -> tuple[Notice, ...]:
        """A notice about answers to questions that this file does not ask."""
        idle = [code for code in self._given if code not in self._asked]
        text = f"The answer to {listed(idle)} was not needed: the file does not ask it."
        return (Notice("answer_not_needed", text),) if idle else ()


def said_now(answers: Mapping[str, str], code: str) -> str | None:
    """The answer that was given with this very file, None where only the source's template (or nobody) has one."""
    while isinstance(answers, ChainMap):
        answers = answers.maps[0]
    return answers.get(code)
