"""What ingest answers when it does not load: a refusal in one sentence, or questions only a person can answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: The codes of all questions about a file; some go on with a colon and the name of a column.
QUESTIONS = (
    "sheet",
    "date_order",
    "swapped_dates",
    "serial_base",
    "point_order",
    "hours",
    "numbered",
    "apart",
    "month_or_week",
    "business_year",
    "blank_dates",
    "blank_names",
    "decimal",
    "percent",
    "scale",
    "share",
    "unit",
    "duration",
    "missing",
    "cross",
    "blank",
    "rate",
    "no_header",
    "duplicate_header",
    "renamed",
)

#: Those about one file only: of the others a template keeps the answer, for later files of the same source.
_OF_ONE_FILE = ("sheet", "date_order", "decimal", "no_header", "duplicate_header", "renamed")
LASTING = tuple(question for question in QUESTIONS if question not in _OF_ONE_FILE)

#: What may be said of a file that asks nothing: that a name means a known one (`alias:DIMENSION:NAME`).
ALIAS = "alias"


class IngestRefused(ValueError):
    """A file that is not loaded: a stable code, what was found, what was wanted, what to do.

    `str()` is one sentence for a person.
    """

    def __init__(self, code: str, found: str, wanted: str, mend: str) -> None:
        self.code = code
        self.found = found
        self.wanted = wanted
        self.mend = mend
        super().__init__(f"{found[:1].upper()}{found[1:]}; wanted: {wanted}; {mend}.")


def no_room(error: Exception) -> IngestRefused:
    """The refusal of a file that does not fit into the place for temporary files."""
    return IngestRefused(
        "no_room",
        f"the place for temporary files cannot be used ({str(error).splitlines()[0]})",
        "a disk with as much room as the file takes",
        "make room there, or split the file",
    )


@dataclass(frozen=True)
class Question:
    """Something that the file itself cannot tell. Each choice starts with a short name and a colon."""

    code: str
    text: str
    choices: tuple[str, ...]

    def answered(self, answers: Mapping[str, str]) -> str | None:
        """The short name of the choice taken, or None while the question is open.

        An answer may be the whole choice or its short name. Raises IngestRefused for any other answer.
        """
        given = answers.get(self.code)
        if given is None:
            return None
        for choice in self.choices:
            name = short_name(choice)
            if given in (choice, name):
                return name
        offered = ", ".join(short_name(choice) for choice in self.choices)
        raise IngestRefused(
            "unknown_answer",
            f"the answer '{given}' to the question '{self.code}'",
            f"one of {offered}",
            "give one of these answers",
        )


class NeedsAnswer(Exception):
    """Raised where a file can be read in more than one way: `questions` must be answered first."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)
        super().__init__(" ".join(f"{q.text} ({' | '.join(q.choices)})" for q in self.questions))

    def as_list(self) -> list[dict[str, object]]:
        """The questions as JSON values."""
        return [{"code": q.code, "text": q.text, "choices": list(q.choices)} for q in self.questions]


def short_name(choice: str) -> str:
    """The short name of a choice: what stands before its first colon."""
    return choice.split(":", 1)[0]


def column_of(choice: str) -> int:
    """The position behind the short name 'column 5', -1 behind another one."""
    number = choice.removeprefix("column ")
    return int(number) - 1 if number.isdecimal() and number != choice else -1


def listed(items: Iterable[str], most: int = 6) -> str:
    """Items in quotation marks, joined by commas; what exceeds `most` is counted."""
    found = list(items)
    shown = ", ".join(f"'{item}'" for item in found[:most])
    return shown if len(found) <= most else f"{shown} and {len(found) - most} more"


#: Control characters, bytes that are no letters, and marks that turn the direction of what follows.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def safe_name(name: str) -> str:
    """The last part of a given name without what hides or turns its letters: it is shown and kept, never opened."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNSHOWN.sub("", last)[:200] or "file"
