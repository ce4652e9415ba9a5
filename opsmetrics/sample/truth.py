"""What was put into the sample, and what the mornings after it must show."""

from __future__ import annotations

from dataclasses import dataclass

from opsmetrics.sample import known
from opsmetrics.sample.clock import Axis, Clock
from opsmetrics.sample.known import EAST, NORTH, WEST, Event

HEADERS = (
    "kpi", "slice", "event", "from", "to", "morning", "variation", "side", "assurance", "data", "stance",
)  # fmt: skip

Row = tuple[str, ...]

#: Variation and side by a short word.
_FOUND = {
    "calm": ("common_cause", "none"),
    "constant": ("constant", "none"),
    "early": ("too_few", "none"),
    "worse high": ("concerning", "high"),
    "worse low": ("concerning", "low"),
    "better high": ("improving", "high"),
    "better low": ("improving", "low"),
    "changed high": ("changed", "high"),
}

_STANCES = {
    "meets": "leave_alone",
    "no_target": "leave_alone",
    "fails": "change_process",
    "hit_or_miss": "no_single_misses",
    "too_early": "wait",
}


@dataclass(frozen=True)
class Told:
    """What a slice shows on the morning after the period of an age; the newest one is told without an age.

    assurance: "" where it may be this or that.
    """

    kpi: str
    slice: str = ""
    event: Event | None = None
    found: str = "calm"
    assurance: str = "meets"
    data: str = "fresh"
    axis: Axis = "days"
    age: int = 0

    @property
    def stance(self) -> str:
        """The stance that follows."""
        if self.data != "fresh":
            return "get_data"
        if self.found.startswith(("worse", "changed")):
            return "find_cause"
        return "learn_keep" if self.found.startswith("better") else _STANCES[self.assurance]


#: What the last morning shows: each watched slice once.
LAST = (
    Told("scrap_rate", "", known.SCRAP_STEP, "worse high", ""),
    Told("scrap_rate", "line=Line 1"),
    Told("scrap_rate", "line=Line 2"),
    Told("scrap_rate", "line=Line 3", known.SCRAP_STEP, "worse high", ""),
    Told("first_pass", assurance="fails"),
    Told("welded_right"),
    Told("assembled_right", assurance="fails"),
    Told("board_defects", "", known.BOARD_DRIFT, "worse high", ""),
    Told("line_stops"),
    Told("oee", f"site={NORTH}"),
    Told("availability", f"site={NORTH}"),
    Told("performance", f"site={NORTH}"),
    Told("fill_weight"),
    Told("energy_per_tonne", assurance="fails"),
    Told("lost_time_accidents", assurance="hit_or_miss"),
    Told("briefings_held", found="constant"),
    Told("on_time_in_full", "", known.TARGET_RAISED, assurance="hit_or_miss"),
    Told("pick_errors", "", known.DOCK_SILENT, data="partial"),
    Told("courier_on_time", "", known.COURIER_NEW, "early", "too_early"),
    Told("four_hour_breaches"),
    Told("four_hour_breaches", f"site={EAST}"),
    Told("four_hour_breaches", f"site={WEST}", assurance="hit_or_miss"),
    Told("door_to_doctor"),
    Told("door_to_doctor_p90"),
    Told("seen_within_30", assurance="hit_or_miss"),
    Told("falls", assurance="hit_or_miss"),
    Told("medication_errors"),
    Told("readmissions"),
    Told("no_shows", "", known.APPOINTMENTS_RESTATED, assurance="hit_or_miss", data="suspect"),
    Told("hand_hygiene", "", known.GEL_AT_BEDS, "better high", ""),
    Told("sla_met"),
    Told("sla_met", "team=Applications"),
    Told("sla_met", "team=Network"),
    Told("sla_met", "team=Workplace"),
    Told("first_contact", "", known.KNOWLEDGE_BASE, "better high", ""),
    Told("tickets", assurance="no_target"),
    Told("backlog_age"),
    Told("mttr"),
    Told("uptime", "service=Mail"),
    Told("uptime", "service=Payments", known.PAYMENTS_DOWN, "worse low", ""),
    Told("uptime", "service=Portal"),
    Told("change_failures", assurance="hit_or_miss"),
)

#: What earlier mornings showed.
EARLIER = (
    Told("line_stops", "", known.FEEDER_JAMS, "worse high", "", axis="shifts", age=known.FEEDER_JAMS.last),
    Told("oee", f"site={NORTH}", known.PRESS_BREAKDOWN, "worse low", "", axis="plant", age=35),
    Told("availability", f"site={NORTH}", known.PRESS_BREAKDOWN, "worse low", "", axis="plant", age=35),
    Told("fill_weight", "", known.NOZZLES_SWAPPED, "early", "too_early", axis="plant", age=known.NOZZLES_SWAPPED.first),
    Told("fill_weight", "", known.NOZZLES_SWAPPED, axis="plant", age=known.NOZZLES_SWAPPED.first - 40),
    Told("energy_per_tonne", "", known.ENERGY_WEEK_LOST, "calm", "", "missing", axis="weeks", age=16),
    Told("lost_time_accidents", "", known.ACCIDENTS, "worse high", "", axis="plant", age=known.ACCIDENTS.last),
    Told("on_time_in_full", "", known.TARGET_RAISED, axis="months", age=known.TARGET_RAISED.first + 1),
    Told("four_hour_breaches", f"site={EAST}", known.FLU_DAY, "worse high", "", age=58),
    Told("four_hour_breaches", f"site={EAST}", known.FLU_DAY, age=46),
    Told("door_to_doctor", "", known.DOCTORS_AWAY, "worse high", "", age=known.DOCTORS_AWAY.last),
    Told("door_to_doctor_p90", "", known.DOCTORS_AWAY, "worse high", "", age=known.DOCTORS_AWAY.last),
    Told("seen_within_30", "", known.DOCTORS_AWAY, "worse low", "", age=known.DOCTORS_AWAY.last),
    Told("medication_errors", "", known.WRONG_DOSES, "worse high", "", age=known.WRONG_DOSES.last),
    Told("sla_met", "team=Network", known.TOOL_OUTAGE, "worse low", "", age=known.TOOL_OUTAGE.last),
    Told("sla_met", "team=Network", known.TOOL_OUTAGE, age=known.TOOL_OUTAGE.last - 20),
    Told("tickets", "", known.TOOL_OUTAGE, "changed high", "", age=known.TOOL_OUTAGE.last),
)


def rows(clock: Clock) -> tuple[Row, ...]:
    """One row for each watched slice on the last morning, then one for each earlier morning; columns HEADERS."""
    return tuple(_row(told, clock) for told in (*LAST, *EARLIER))


def _row(told: Told, clock: Clock) -> Row:
    event = ("", "", "") if told.event is None else (told.event.words, *told.event.days(clock))
    morning = clock.morning(told.axis, told.age).isoformat()
    return (told.kpi, told.slice, *event, morning, *_FOUND[told.found], told.assurance, told.data, told.stance)
