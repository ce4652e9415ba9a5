"""Marks of the readable file. All are control characters, which the file as given no longer holds."""

from __future__ import annotations

#: Between cells; a line that continues its record; a record whose quotation mark stays open; a line end inside a cell.
CELL, CONTINUED, UNCLOSED, BREAK = "\x1f", "\x1e", "\x1d", "\x1c"
#: Before a number that the file holds as a number, not as a text: it is written with a point and means what it says.
EXACT = "\x1b"
#: Before a quoted cell with a quotation mark that is not doubled: whether it was meant is not known.
STRAY = "\x19"
#: Before a record with bytes that are no character of the file's encoding.
SPOILT = "\x1a"
