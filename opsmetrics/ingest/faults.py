"""Why a record is not loaded: stable codes, reasons and mends, in one place."""

from __future__ import annotations

from dataclasses import dataclass

#: A fault is stored as one number: kind × COLUMN + position of the column (from 1; 0: the whole record).
COLUMN = 10_000

# Skipped: counted, never loaded.
CONTINUED = 1  # a further line of the record above: not a record of its own
BLANK, TOTAL, HEADER, NOTE = 2, 3, 4, 5
DUPLICATE = 6
SUPERSEDED = 7  # an earlier record of a reference whose last record counts
SKIPPED = (BLANK, TOTAL, HEADER, NOTE, SUPERSEDED)
#: From here on: rejected.
FIRST_REJECT = 10


@dataclass(frozen=True)
class Fault:
    """A reason to reject a record. `{cell}` and `{column}` stand for what the file says there."""

    kind: int
    code: str
    reason: str
    mend: str


UNCLOSED = Fault(10, "unclosed_quote", "a quotation mark is opened and never closed", "close or remove the mark")
TOO_FEW = Fault(11, "too_few_fields", "too few fields", "fill the missing cells; leave empty ones empty")
TOO_MANY = Fault(12, "too_many_fields", "too many fields", "remove the surplus cell, or quote a cell with a delimiter")
ALONE = Fault(13, "one_cell_only", "only one cell is filled", "complete the record or remove the line")
NO_DATE = Fault(14, "no_date", "no date in '{column}'", "write the date of the record")
BAD_DATE = Fault(
    15,
    "bad_date",
    "'{cell}' is no day of the calendar in the form and order of its column",
    "correct the day, or write it as the others are written",
)
IMPLAUSIBLE = Fault(
    16, "implausible_date", "'{cell}' lies before 1970 or in the future", "correct the date: is it a slip of the pen?"
)
NO_SUCH_TIME = Fault(
    17, "nonexistent_local_time", "'{cell}' does not exist: clocks were put forward then", "correct the time"
)
BAD_SAMPLE = Fault(18, "bad_sample", "'{cell}' is not a sample number", "write a whole number from 0 on")
EMPTY_KEY = Fault(19, "empty_key", "nothing in '{column}', which tells records apart", "fill the cell")
NOT_A_NUMBER = Fault(20, "not_a_number", "'{cell}' is not a number in the style of its column", "write a plain number")
UNKNOWN_METRIC = Fault(
    21, "unknown_metric", "'{cell}' names no KPI of the catalogue, or more than one", "use the key of a KPI, or add it"
)
NEEDS_COUNTS = Fault(
    22, "needs_counts", "'{cell}' needs a numerator and a denominator, not a value", "give both counts of the record"
)
NEEDS_VALUE = Fault(23, "needs_value", "'{cell}' is measured and needs a value", "give the reading in a value column")
NEEDS_DIMENSION = Fault(
    24, "needs_dimension", "'{cell}' is told apart by a column that this file does not have", "add the column"
)
NEEDS_TIME = Fault(
    25, "needs_time", "'{cell}' is recorded by date or by sample, and this file by the other", "use its own form"
)
NEGATIVE = Fault(26, "negative_count", "the count '{cell}' is negative", "correct the count")
EXCEEDS = Fault(27, "numerator_exceeds", "'{cell}' is more than its denominator", "correct one of the two counts")
OUT_OF_BOUNDS = Fault(28, "out_of_bounds", "'{cell}' lies outside the KPI's possible values", "correct the value")
CONFLICT = Fault(
    29,
    "conflicting_duplicate",
    "the file states other values for the same record",
    "keep the right one and remove the others",
)
ENDS_BEFORE = Fault(30, "ends_before_start", "'{cell}' lies before the start of the event", "correct one of the two")
REPEATED_REFERENCE = Fault(
    31,
    "repeated_reference",
    "'{cell}' is the reference of several records that differ",
    'keep one of them, or let the template say rows = "last"',
)
NOT_RECORDED = Fault(
    32, "not_recorded", "'{cell}' follows from other KPIs or from events and is not recorded itself", "leave it out"
)
OTHER_UNIT = Fault(
    33,
    "other_unit",
    "'{cell}' is not in the unit of its column, or carries none where the others do",
    "write all numbers of the column in one unit",
)
SPOILT = Fault(
    34, "damaged_text", "a character of this record is damaged (shown as \ufffd)", "write the damaged word again"
)

AS_ABOVE = Fault(35, "as_above", "'{cell}' in '{column}' says as above, and is no name", "write the name that is meant")
NOT_A_PAIR = Fault(36, "not_two_counts", "'{cell}' is not two counts such as 3/412", "write both counts of the record")
NO_WHOLE_NUMERATOR = Fault(
    37,
    "no_whole_numerator",
    "the share '{cell}' of its denominator is no certain whole number",
    "correct one of the two, or write the share with more decimals",
)
SHARE_FOR_COUNT = Fault(
    38,
    "share_for_count",
    "'{cell}' is a share and no count",
    "write the count, or name the column as rate in the template",
)

STRAY_QUOTE = Fault(
    39,
    "stray_quote",
    "'{cell}' in '{column}' has a quotation mark where more records have the same name without it",
    "remove the mark; one that is meant is doubled in the file",
)

SWALLOWED = Fault(
    40,
    "swallowed_records",
    "a quotation mark opens a cell that holds further records",
    "close or remove the mark, and load all of these records",
)

BAD_TIME = Fault(60, "bad_time", "no time of day can be read in '{column}'", "write a time such as 07:03")
BAD_ZONE = Fault(
    61, "bad_zone", "'{cell}' is no offset from UTC and no zone", "write an offset such as +01:00, or Europe/Berlin"
)

REJECTS: dict[int, Fault] = {fault.kind: fault for fault in list(globals().values()) if isinstance(fault, Fault)}


#: What a fault is called beside others, where its code does not say it.
_NAMES = {
    "unclosed_quote": "quotation mark never closed",
    "bad_date": "no such day",
    "implausible_date": "before 1970 or in the future",
    "nonexistent_local_time": "no such time",
    "bad_sample": "no sample number",
    "empty_key": "empty cell",
    "unknown_metric": "unknown KPI",
    "numerator_exceeds": "more than its denominator",
    "out_of_bounds": "impossible value",
    "conflicting_duplicate": "contradicts another row",
    "repeated_reference": "reference of several rows",
    "as_above": "says as above",
    "no_whole_numerator": "share of no whole count",
    "share_for_count": "share in place of a count",
    "stray_quote": "quotation mark in a name",
    "swallowed_records": "records between quotation marks",
}


def fault_name(code: str) -> str:
    """A few words for a code of a fault: "no such day"."""
    return _NAMES.get(code) or code.replace("_", " ")


def stored(fault: Fault, column: int | None = None) -> int:
    """The number under which a fault (of a column, by position in the sheet) is stored."""
    return fault.kind * COLUMN + (0 if column is None else column + 1)
