"""What each mistake about streams, KPIs fed by events and derived KPIs says.

Authority: the schema reference docs/catalogue.md; each case below is a sentence of it.
"""

from __future__ import annotations

import pytest

from opsmetrics.catalog import check
from tests.catalog.catalogs import PLAIN

STREAM = """
[streams.stops]
name = "Stops"
dimensions = ["line"]
[kpis.uptime]
name = "Uptime"
kind = "ratio"
better = "higher"
"""
EVENT_MISTAKES = {
    "no such stream": ('events = {stream = "stop"}', "kpis.uptime.events.stream", "Did you mean 'stops'?"),
    "stream to declare": ('events = {stream = "zzz"}', "kpis.uptime.events.stream", "[streams.zzz]"),
    "no stream": ("events = {}", "kpis.uptime.events.stream", "found nothing"),
    "no table": ('events = "stops"', "kpis.uptime.events", "a table"),
    "no such measure": ('events = {stream = "stops", measure = "minute"}', "kpis.uptime.events.measure", "'minutes'?"),
    "no such role": ('events = {stream = "stops", role = "down"}', "kpis.uptime.events.role", "numerator or downtime"),
    "downtime of events": (
        'events = {stream = "stops", role = "downtime"}',
        "kpis.uptime.events.measure",
        "'minutes' for role 'downtime'",
    ),
    "category twice": (
        'events = {stream = "stops", categories = ["A", "A"]}',
        "kpis.uptime.events.categories",
        "each text once",
    ),
    "unknown key": ('events = {stream = "stops", kind = "Jam"}', "kpis.uptime.events.kind", "unknown key"),
    "samples of events": ('operate = "sample"\nevents = {stream = "stops"}', "kpis.uptime.events", "no calendar"),
    "bound of an uptime": (
        'upper_bound = 1\nevents = {stream = "stops", role = "downtime", measure = "minutes"}',
        "kpis.uptime.upper_bound",
        "a share lies from 0 to 1",
    ),
}


@pytest.mark.parametrize("case", EVENT_MISTAKES)
def test_each_mistake_of_a_kpi_fed_by_events(case: str) -> None:
    lines, key, said = EVENT_MISTAKES[case]
    problems, _ = check(PLAIN + STREAM + lines)
    assert [problem.key for problem in problems] == [key]
    assert said in str(problems[0])


@pytest.mark.parametrize(
    ("kind", "source", "key", "said"),
    [
        ("rate", 'role = "downtime", measure = "minutes"', "role", "kind 'ratio' for role 'downtime'"),
        ("proportion", 'measure = "minutes"', "measure", "'count' for kind 'proportion'"),
        ("rare", 'measure = "cost"', "measure", "only for rate, count or ratio"),
    ],
)
def test_what_of_the_events_is_added_fits_the_kind(kind: str, source: str, key: str, said: str) -> None:
    lines = f'events = {{stream = "stops", {source}}}'
    problems, _ = check(PLAIN + STREAM.replace('"ratio"', f'"{kind}"') + lines)
    assert [problem.key for problem in problems] == [f"kpis.uptime.events.{key}"]
    assert said in str(problems[0])


@pytest.mark.parametrize("kind", ["measured", "derived"])
def test_readings_and_formulas_take_no_events(kind: str) -> None:
    formula = 'formula = "late"\n' if kind == "derived" else ""
    problems, _ = check(PLAIN + STREAM.replace('"ratio"', f'"{kind}"') + formula + 'events = {stream = "stops"}')
    assert [problem.key for problem in problems] == ["kpis.uptime.events"]
    assert "only for proportion, rate, count, ratio or rare" in problems[0].wanted


def test_a_kpi_fed_by_events_has_the_dimensions_of_its_stream() -> None:
    text = PLAIN.replace('line = "Line"', 'line = "Line"\nteam = "Team"') + STREAM
    lines = 'dimensions = ["team", "line"]\nevents = {stream = "stops"}'
    problems, _ = check(text + lines)
    assert [(problem.key, problem.found) for problem in problems] == [("kpis.uptime.dimensions", "'team'")]
    assert "a dimension of the stream 'stops' (line)" in problems[0].wanted
    # A stream that cannot be read says so itself, and only that.
    broken, _ = check(text.replace('name = "Stops"', 'nme = "Stops"') + lines)
    assert [problem.key for problem in broken] == ["streams.stops.nme", "streams.stops.name"]


STREAM_MISTAKES = {
    "no name": ("", "name", "found nothing"),
    "unknown dimension": ('name = "A"\ndimensions = ["lin"]', "dimensions", "Did you mean 'line'?"),
    "reporter outside": ('name = "A"\nreported_by = "line"', "reported_by", "Add 'line' to the stream's dimensions"),
    "no such calendar": ('name = "A"\ncalendar = "defalt"', "calendar", "Did you mean 'default'?"),
    "weight of nothing": ('name = "A"\nweights = {Major = 0}', "weights", "a weight above 0"),
    "weight as text": ('name = "A"\nweights = {Major = "5"}', "weights", "a number"),
    "weights as a list": ('name = "A"\nweights = [5]', "weights", "a table of numbers"),
    "no word for events": ('name = "A"\nunit = ""', "unit", "not empty"),
    "unknown key": ('name = "A"\nweight = {Major = 5}', "weight", "Did you mean 'weights'?"),
}


@pytest.mark.parametrize("case", STREAM_MISTAKES)
def test_each_mistake_of_a_stream(case: str) -> None:
    lines, key, said = STREAM_MISTAKES[case]
    problems, _ = check(PLAIN + "[streams.stops]\n" + lines)
    assert [problem.key for problem in problems] == [f"streams.stops.{key}"]
    assert said in str(problems[0])


def test_streams_have_sound_keys_that_are_not_taken_and_names_of_their_own() -> None:
    text = '[streams.{0}]\nname = "A"\n[streams.{1}]\nname = "a"\n'
    assert [problem.key for problem in check(text.format("count", "Stops"))[0]] == [
        "streams.count",
        "streams.Stops",
        "streams.Stops",
    ]


DERIVED = """
[dimensions]
line = "Line"
[calendars.default]
time_zone = "Europe/London"
[calendars.plant]
[kpis.good]
name = "Good"
kind = "count"
better = "higher"
operate = "{operate}"
calendar = "{calendar}"
[kpis.part]
name = "Part"
kind = "derived"
better = "higher"
formula = "good / 2"
"""


@pytest.mark.parametrize(
    ("operate", "calendar", "lines", "key", "said"),
    [
        ("sample", "default", "", "formula", "good, operated by sample"),
        ("week", "default", "", "formula", "KPIs operated by day or finer"),
        ("day", "plant", "", "formula", "KPIs of the same calendar ('default')"),
        ("day", "default", 'dimensions = ["line"]', "dimensions", "good does not have it"),
    ],
)
def test_components_have_the_periods_and_slices_of_what_is_derived(
    operate: str, calendar: str, lines: str, key: str, said: str
) -> None:
    text = DERIVED.format(operate=operate, calendar=calendar)
    if operate == "sample":
        text = text.replace('calendar = "default"\n', "")
    problems, _ = check(text + lines)
    assert [problem.key for problem in problems] == [f"kpis.part.{key}"]
    assert said in str(problems[0])
    assert check(DERIVED.format(operate="day", calendar="default") + 'operate = "week"')[0] == ()


def test_a_circle_of_formulas_is_told_once() -> None:
    kpi = '[kpis.{0}]\nname = "{0}"\nkind = "derived"\nbetter = "lower"\nformula = "{1}"\n'
    pairs = (("a", "b + c"), ("b", "2 * a"), ("c", "min(d, 1)"), ("d", "e"), ("e", "-c"))
    problems, _ = check("".join(kpi.format(*pair) for pair in pairs))
    assert [(problem.key, problem.found) for problem in problems] == [
        ("kpis.a.formula", "a → b → a"),
        ("kpis.c.formula", "c → d → e → c"),
    ]
