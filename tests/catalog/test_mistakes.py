"""What each mistake in a catalogue says: its key, what was found, what was wanted, how to mend it.

Authority: the schema reference docs/catalogue.md; each case below is a sentence of it.
"""

from __future__ import annotations

import pytest

from opsmetrics.catalog import CatalogError, check, read_catalog
from tests.catalog.catalogs import PLAIN


def test_all_mistakes_come_at_once() -> None:
    text = """
    [dimensions]
    kpi = "Line"
    [calendars.plant]
    time_zone = "Europe/Berln"
    [kpis.late]
    nme = "Late"
    kind = "proportion"
    better = "down"
    target = 120
    unit = "%"
    lead = "day"
    [kpis.Wait]
    name = "Wait"
    kind = "measured"
    better = "neither"
    target = 5
    chart = "p"
    parent = "lat"
    """
    with pytest.raises(CatalogError) as caught:
        read_catalog(text)
    keys = [problem.key for problem in caught.value.problems]
    assert keys == [
        "dimensions.kpi",
        "calendars.plant.time_zone",
        "kpis.late.nme",
        "kpis.late.name",
        "kpis.late.better",
        "kpis.late.lead",
        "kpis.late.target",
        "kpis.Wait",
        "kpis.Wait.target",
        "kpis.Wait.chart",
        "kpis.Wait.parent",
    ]
    message = str(caught.value)
    assert message.startswith("The catalogue has 11 mistakes:")
    assert "kpis.late.nme: found an unknown key; wanted a known key. Did you mean 'name'?" in message
    assert "Did you mean 'Europe/Berlin'?" in message
    assert "kpis.late.target: found 120; wanted a number from 0 to 100. Write it in the shown unit (%)." in message


# One line too many (or changed) in the plain definition → where the mistake is, and a part of what is said.
MISTAKES = {
    "unknown table": ("[kpi.x]", "kpi", "Did you mean 'kpis'?"),
    "unknown key far from all": ("zzz = 1", "kpis.late.zzz", "known are name"),
    "number as text": ('cost_per_unit = "5"', "kpis.late.cost_per_unit", "wanted a number"),
    "truth as number": ("cost_per_unit = true", "kpis.late.cost_per_unit", "found true; wanted a number"),
    "no number": ("cost_per_unit = nan", "kpis.late.cost_per_unit", "finite"),
    "negative cost": ("cost_per_unit = -1", "kpis.late.cost_per_unit", "0 or more"),
    "multiplier of nothing": ("multiplier = 0", "kpis.late.multiplier", "above 0"),
    "half a decimal": ("decimals = 1.5", "kpis.late.decimals", "whole number"),
    "text as number": ("owner = 5", "kpis.late.owner", "between quotes"),
    "two lines": ('owner = """a\nb"""', "kpis.late.owner", "one line"),
    "nothing as text": ('parent = ""', "kpis.late.parent", "not empty"),
    "unknown dimension": ('dimensions = ["lin"]', "kpis.late.dimensions", "Did you mean 'line'?"),
    "dimension to declare": ('dimensions = ["zzz"]', "kpis.late.dimensions", "Declare it"),
    "dimension twice": ('dimensions = ["line", "line"]', "kpis.late.dimensions", "each key once"),
    "dimension without list": ('dimensions = "line"', "kpis.late.dimensions", "list of keys"),
    "reporter outside": ('reported_by = "line"', "kpis.late.reported_by", "Add 'line' to the KPI's dimensions"),
    "watched outside": ('watch = [{line = "1"}]', "kpis.late.watch", "one of the KPI's dimensions"),
    "watched twice": ("watch = [{}, {}]", "kpis.late.watch", "each slice once"),
    "watched no table": ('watch = ["line"]', "kpis.late.watch", "list of tables"),
    "watched no text": ('dimensions = ["line"]\nwatch = [{line = 1}]', "kpis.late.watch", "between quotes"),
    "watch by outside": ('watch_by = ["line"]', "kpis.late.watch_by", "one of the KPI's dimensions"),
    "no such parent": ('parent = "laet"', "kpis.late.parent", "Did you mean 'late'?"),
    "own parent": ('parent = "late"', "kpis.late.parent", "found late → late"),
    "no such calendar": ('calendar = "defalt"', "kpis.late.calendar", "Did you mean 'default'?"),
    "no shifts": ('operate = "shift"', "kpis.late.operate", "a calendar with shifts"),
    "quarter to operate": ('operate = "quarter"', "kpis.late.operate", "sample, shift, day, week or month"),
    "lead not coarser": ('operate = "month"\nlead = "week"', "kpis.late.lead", "coarser than operate (month)"),
    "lead no coarser": ('operate = "week"\nlead = "week"', "kpis.late.lead", "coarser than operate (week)"),
    "recorded too coarse": ('recorded = "week"', "kpis.late.recorded", "Set operate to 'week'"),
    "samples led": ('operate = "sample"\nlead = "month"', "kpis.late.lead", "no calendar"),
    "samples late": ('operate = "sample"\nexpected_after = "6h"', "kpis.late.expected_after", "no calendar"),
    "no duration": ('expected_after = "6 hours"', "kpis.late.expected_after", "6h, 30min or 1d 6h"),
    "empty duration": ('expected_after = " "', "kpis.late.expected_after", "6h, 30min or 1d 6h"),
    "endless duration": ('expected_after = "99999999999d"', "kpis.late.expected_after", "some days"),
    "chart of another kind": ('chart = "xbar_s"', "kpis.late.chart", "p, p_prime, np, xmr, run or rare"),
    "no such chart": ('chart = "pp"', "kpis.late.chart", "Did you mean 'p'?"),
    "no such rule set": ('rules = "dayly"', "kpis.late.rules", "Did you mean 'daily'?"),
    "no such rule": ('rules = ["run_off_8"]', "kpis.late.rules", "Did you mean 'run_of_8'?"),
    "too long a rule": ('rules = ["run_of_880"]', "kpis.late.rules", "a rule of 2 to 100 points"),
    "nothing like a rule": ('rules = ["westgard"]', "kpis.late.rules", "of your own length (N, K, M up to 100 points)"),
    "rule twice": ('rules = ["run_of_8", "run_of_8"]', "kpis.late.rules", "each rule once"),
    "no rule": ("rules = []", "kpis.late.rules", "a list of rules"),
    "bound of a proportion": ("upper_bound = 1", "kpis.late.upper_bound", "only for rate, count"),
    "specification of counts": ("spec_lower = 1", "kpis.late.spec_lower", "only for measured"),
    "formula of counts": ('formula = "a"', "kpis.late.formula", "only for derived"),
    "statistic of counts": ('statistic = "mean"', "kpis.late.statistic", "only for measured"),
    "target outside": ("target = 101", "kpis.late.target", "0 to 100"),
    "target as text": ('target = "5 %"', "kpis.late.target", "wanted a number"),
    "target of three": ("target = [1, 2, 3]", "kpis.late.target", "two numbers"),
    "range for a direction": ("target = [1, 2]", "kpis.late.target", 'one number with better = "lower"'),
    "both forms": ("target = 1\ntargets = [{from = 2026-01-01, value = 2}]", "kpis.late.target", "one of the two"),
    "same day": (
        "targets = [{from = 2026-01-01, value = 2}, {from = 2026-01-01, value = 3}]",
        "kpis.late.targets, entry 2",
        "a second target from 2026-01-01",
    ),
    "target of nothing": ("targets = [{from = 2026-01-01}]", "kpis.late.targets, entry 1", "found neither"),
    "half a range": ("targets = [{low = 1}]", "kpis.late.targets, entry 1", "found low; wanted value, or low and high"),
    "quoted date": (
        'targets = [{from = "2026-01-01", value = 1}]',
        "kpis.late.targets, entry 1.from",
        "without quotes",
    ),
    "time for a date": (
        "targets = [{from = 2026-01-01T00:00:00, value = 1}]",
        "kpis.late.targets, entry 1.from",
        "without a time",
    ),
    "targets no list": ("targets = 5", "kpis.late.targets", "list of tables"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_told_once_with_its_key(case: str) -> None:
    lines, key, said = MISTAKES[case]
    problems, _ = check(PLAIN + lines)
    assert [problem.key for problem in problems] == [key]
    assert said in str(problems[0])


MEASURED = PLAIN.replace('"proportion"', '"measured"').replace('"lower"', '"neither"')
MORE_MISTAKES = {
    "number without direction": ("target = 5", "kpis.late.target", 'a range with better = "neither"'),
    "range upside down": ("target = [24, 18]", "kpis.late.target", "low below high"),
    "range of one point": ("target = [18, 18]", "kpis.late.target", "low below high"),
    "bounds upside down": ("lower_bound = 5\nupper_bound = 1", "kpis.late.lower_bound", "below upper_bound (1)"),
    "specification upside down": ("spec_lower = 5\nspec_upper = 5", "kpis.late.spec_lower", "below spec_upper (5)"),
    "specification outside": ("lower_bound = 0\nspec_lower = -1", "kpis.late.spec_lower", "0 or more"),
    "target above": ("upper_bound = 9\ntarget = [1, 10]", "kpis.late.target", "at most 9"),
    "limit without share": ("within = 5", "kpis.late.within", 'without statistic = "share_within"'),
    "counts of readings": ('numerator = "cans"', "kpis.late.numerator", "only for proportion"),
    "p chart of readings": ('chart = "p_prime"', "kpis.late.chart", "xbar_s, xmr, run or rare"),
}


@pytest.mark.parametrize("case", MORE_MISTAKES)
def test_each_mistake_of_a_measured_kpi(case: str) -> None:
    lines, key, said = MORE_MISTAKES[case]
    problems, _ = check(MEASURED + lines)
    assert [problem.key for problem in problems] == [key]
    assert said in str(problems[0])


KIND_MISTAKES = {
    "share without limit": ("measured", 'statistic = "share_within"', "kpis.late.within", "Add within"),
    "bound of a share": (
        "measured",
        'statistic = "share_within"\nwithin = 15\nupper_bound = 1',
        "kpis.late.upper_bound",
        "a share lies from 0 to 100",
    ),
    "derived from nothing": ("derived", "", "kpis.late.formula", "Add formula"),
    "formula of numbers": ("derived", 'formula = "1 / 2"', "kpis.late.formula", "at least one KPI"),
    "formula that breaks off": ("derived", 'formula = "late *"', "kpis.late.formula", "found the end of the formula"),
    "formula made of itself": ("derived", 'formula = "1 - late"', "kpis.late.formula", "found late → late"),
    "unknown in a formula": ("derived", 'formula = "1 - lat"', "kpis.late.formula", "Did you mean 'late'?"),
    "negative rate": ("rate", "target = -1", "kpis.late.target", "0 or more"),
    "p chart of a rate": ("rate", 'chart = "p"', "kpis.late.chart", "u, u_prime, xmr, run or rare"),
    "exposure of a count": ("count", 'denominator = "hours"', "kpis.late.denominator", "only for proportion, rate or"),
}


@pytest.mark.parametrize("case", KIND_MISTAKES)
def test_each_mistake_of_other_kinds(case: str) -> None:
    kind, lines, key, said = KIND_MISTAKES[case]
    problems, _ = check(PLAIN.replace('"proportion"', f'"{kind}"') + lines)
    assert [problem.key for problem in problems] == [key]
    assert said in str(problems[0])


CALENDAR_MISTAKES = {
    "week start": ('week_start = "mon"', "week_start", "Did you mean 'monday'?"),
    "fiscal day": ('fiscal_year_start = "01-31"', "fiscal_year_start", "from 01 to 28"),
    "fiscal month": ('fiscal_year_start = "13-01"', "fiscal_year_start", "MM-DD"),
    "shift off the grid": ('shifts = [{name = "A", starts = "06:10"}]', "shifts, entry 1.starts", "quarter-hour"),
    "shift at no time": ('shifts = [{name = "A", starts = "24:00"}]', "shifts, entry 1.starts", "quarter-hour"),
    "shift without start": ('shifts = [{name = "A"}]', "shifts, entry 1.starts", "found nothing"),
    "shifts of one name": (
        'shifts = [{name = "A", starts = "06:00"}, {name = "a", starts = "14:00"}]',
        "shifts, entry 2",
        "has the same name",
    ),
    "shifts out of order": (
        'shifts = [{name = "A", starts = "14:00"}, {name = "B", starts = "06:00"}]',
        "shifts",
        "Order them",
    ),
    "never open": (
        'closed_weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]',
        "closed_weekdays",
        "at least one open weekday",
    ),
    "closed on text": ('closed_dates = ["2026-12-25"]', "closed_dates", "without quotes"),
    "closed on one": ("closed_dates = 2026-12-25", "closed_dates", "list of dates"),
    "closed on a word": ('closed_weekdays = "sunday"', "closed_weekdays", "list of weekdays"),
    "folder as a zone": ('time_zone = "Europe"', "time_zone", "Europe/London"),
    "zone in small letters": ('time_zone = "europe/london"', "time_zone", "Did you mean 'Europe/London'?"),
    "unknown key": ('timezone = "UTC"', "timezone", "Did you mean 'time_zone'?"),
}


@pytest.mark.parametrize("case", CALENDAR_MISTAKES)
def test_each_mistake_of_a_calendar(case: str) -> None:
    lines, key, said = CALENDAR_MISTAKES[case]
    problems, _ = check(f"[calendars.plant]\n{lines}")
    assert [problem.key for problem in problems] == [f"calendars.plant.{key}"]
    assert said in str(problems[0])


TAKEN = ["kpi", "observed_at", "numerator", "denominator", "sample", "value", "batch", "date", "ts", "rows", "stream"]


@pytest.mark.parametrize("key", TAKEN)
def test_dimension_keys_that_are_taken_are_refused(key: str) -> None:
    problems, _ = check(f'[dimensions]\n{key} = "X"')
    assert [problem.key for problem in problems] == [f"dimensions.{key}"]
    assert "not taken" in problems[0].wanted


@pytest.mark.parametrize("key", ["Line", "2nd", "line-no", "größe", "a" * 61, "_a"])
def test_keys_are_small_letters_digits_and_underscores(key: str) -> None:
    kpi = 'name = "A"\nkind = "proportion"\nbetter = "lower"'
    problems, _ = check(f'[dimensions]\n"{key}" = "X"\n[calendars."{key}"]\n[kpis."{key}"]\n{kpi}')
    assert [problem.key for problem in problems] == [f"dimensions.{key}", f"calendars.{key}", f"kpis.{key}"]


@pytest.mark.parametrize("text", ["kpis = 3", "[kpis]\nlate = 3", "dimensions = [1]", "calendars = 'UTC'"])
def test_what_is_no_table_is_told(text: str) -> None:
    problems, _ = check(text)
    assert len(problems) == 1
    assert "a table" in problems[0].wanted


def test_names_are_unique_letter_case_apart() -> None:
    problems, _ = check(PLAIN + PLAIN.split("[calendars.default]")[1].split("[kpis.late]")[1].join(["[kpis.b]", ""]))
    assert [(problem.key, problem.found) for problem in problems] == [("kpis.b", "'Late'")]
    dimensions, _ = check('[dimensions]\na = "Line"\nb = "line"')
    assert [problem.key for problem in dimensions] == ["dimensions.b"]


def test_a_circle_of_parents_is_told_once() -> None:
    kpi = '[kpis.{0}]\nname = "{0}"\nkind = "proportion"\nbetter = "lower"\nparent = "{1}"\n'
    problems, _ = check("".join(kpi.format(*pair) for pair in ("ab", "bc", "ca", "da")))
    assert [(problem.key, problem.found) for problem in problems] == [("kpis.a.parent", "a → b → c → a")]


def test_a_target_that_looks_like_a_fraction_is_a_warning() -> None:
    problems, warnings = check(PLAIN + "target = 0.05")
    assert problems == ()
    assert [(w.key, w.found) for w in warnings] == [("kpis.late.target", "0.05")]
    assert "Write 5 if that is meant" in warnings[0].mend
    for fine in ("target = 1", "target = 0", "multiplier = 1\ntarget = 0.05"):
        assert check(PLAIN + fine) == ((), ())


def test_a_catalogue_without_a_time_zone_is_a_warning() -> None:
    text = PLAIN.replace('[calendars.default]\ntime_zone = "Europe/London"', "")
    assert [w.key for w in check(text)[1]] == ["calendars.default"]
    assert check(text + 'operate = "sample"') == ((), ())
