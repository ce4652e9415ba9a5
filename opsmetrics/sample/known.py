"""The events that are put into the sample: where, from which age to which, on which axis."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from opsmetrics.sample.clock import Axis, Clock

NORTH, SOUTH = "Sample plant North", "Sample plant South"
LINES = {"Line 1": NORTH, "Line 2": NORTH, "Line 3": SOUTH}
DOCKS = ("Dock A", "Dock B", "Dock C")
EAST, WEST = "Sample clinic East", "Sample clinic West"
DESK = "Sample service desk"
TEAMS = ("Network", "Workplace", "Applications")
SERVICES = ("Mail", "Payments", "Portal")


@dataclass(frozen=True)
class Event:
    """Something that happens from the period of one age to that of another, the older first."""

    words: str
    axis: Axis
    first: int
    last: int = 0

    def to(self, level: float) -> tuple[int, int, float]:
        """The change of a level while it lasts, as `chance.level` takes it."""
        return self.first, self.last, level

    def days(self, clock: Clock) -> tuple[str, str]:
        """Its first and last day; what lasts until the newest period lasts until yesterday."""
        last = clock.end(self.axis, self.last) if self.last else clock.today - dt.timedelta(days=1)
        return clock.date(self.axis, self.first).isoformat(), last.isoformat()


SCRAP_STEP = Event("step: a worn tool on Line 3", "plant", 8)
BOARD_DRIFT = Event("slow drift: solder paste ages", "plant", 44)
NOZZLES_SWAPPED = Event("fixture swap: new nozzles, limits restarted", "plant", 139)
ENERGY_WEEK_LOST = Event("missing week: the meter file never came", "weeks", 16, 16)
PRESS_BREAKDOWN = Event("breakdown of the press for most of a day", "plant", 35, 35)
FEEDER_JAMS = Event("a bad batch of blanks jams the feeders", "shifts", 194, 182)
ACCIDENTS = Event("three accidents within a week", "plant", 93, 89)
DOCK_SILENT = Event("late reporter: Dock B does not report", "plant", 2)
COURIER_NEW = Event("a new courier", "plant", 6)
TARGET_RAISED = Event("target raised from 88 % to 93 %", "months", 3)

FLU_DAY = Event("one-off spike: a flood of patients", "days", 58, 58)
DOCTORS_AWAY = Event("two doctors away", "days", 51, 40)
WRONG_DOSES = Event("five wrong doses within six days", "days", 77, 72)
GEL_AT_BEDS = Event("better: hand gel at every bed", "weeks", 8)
APPOINTMENTS_RESTATED = Event("restated file: appointments corrected after they were shown", "weekdays", 4)

TOOL_OUTAGE = Event("outage: the network team's ticket tool is down", "days", 121, 120)
KNOWLEDGE_BASE = Event("better: a new knowledge base", "days", 9)
PAYMENTS_DOWN = Event("four outages of Payments in a week, the last still open", "days", 6)

#: Ages of the days on which Payments goes down; on the last one it stays down.
PAYMENTS_AGES = (6, 4, 2, 0)
ACCIDENT_AGES = (93, 91, 89)
WRONG_DOSE_AGES = (77, 76, 75, 73, 72)
