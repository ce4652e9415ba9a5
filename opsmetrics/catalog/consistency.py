"""Do the keys of a definition fit each other? Each check needs only keys that could be read, so none reports twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from opsmetrics.catalog import names, schema
from opsmetrics.catalog.drafts import Draft
from opsmetrics.catalog.model import GRAINS, Calendar, Dimension, Target
from opsmetrics.catalog.problems import Problem, listed, nearest, shown

Found = Iterator[Problem]


def keys_of_kind(kpi: Draft) -> Found:
    """Keys that say nothing about this kind."""
    for field in schema.KPI:
        if kpi.kind is not None and field.kinds and field.key in kpi.values and kpi.kind not in field.kinds:
            wanted = f"no {field.key} for kind {kpi.kind!r} (only for {listed(field.kinds)})"
            yield Problem(f"{kpi.path}.{field.key}", shown(kpi.values[field.key]), wanted, "Take the line out.")


def partners(kpi: Draft) -> Found:
    """Keys that need each other."""
    if kpi.sound("formula") and kpi.kind == "derived" and "formula" not in kpi.values:
        yield Problem(f"{kpi.path}.formula", "nothing", "a formula", 'Add formula = "…", from the keys of other KPIs.')
    if kpi.kind != "measured" or not kpi.sound("statistic", "within"):
        return
    shares = kpi.get("statistic") == "share_within"
    if shares and "within" not in kpi.values:
        yield Problem(f"{kpi.path}.within", "nothing", "the limit of share_within", "Add within = ….")
    if not shares and "within" in kpi.values:
        wanted = 'no limit without statistic = "share_within"'
        yield Problem(f"{kpi.path}.within", shown(kpi.values["within"]), wanted, "Take the line out.")


def share(kpi: Draft) -> Found:
    """A share has bounds of its own, and its readings no specification."""
    if not kpi.share or kpi.kind == "proportion":
        return
    for key in ("lower_bound", "upper_bound", "spec_lower", "spec_upper"):
        if key in kpi.values:
            wanted = f"no {key}: a share lies from 0 to {kpi.multiplier:g}"
            yield Problem(f"{kpi.path}.{key}", shown(kpi.values[key]), wanted, "Take the line out.")


def parts(kpi: Draft, dimensions: tuple[Dimension, ...], of: str = "the KPI") -> Found:
    """Dimensions are declared, and the slices use the KPI's (or the stream's) own."""
    known = [dimension.key for dimension in dimensions]
    own: tuple[str, ...] = kpi.get("dimensions", ())
    for key in own:
        if key not in known:
            mend = nearest(key, known) or f'Declare it under [dimensions]: {key} = "…".'
            yield Problem(f"{kpi.path}.dimensions", shown(key), "a declared dimension", mend)
    if not kpi.sound("dimensions"):
        return
    used = [("reported_by", kpi.get("reported_by"))] if "reported_by" in kpi.values else []
    used += [("watch", key) for part in kpi.get("watch", ()) for key, _ in part]
    used += [("watch_by", key) for key in kpi.get("watch_by", ())]
    for where, key in dict.fromkeys(used):
        if key not in own:
            mend = nearest(key, own) or f"Add {key!r} to {of}'s dimensions."
            yield Problem(f"{kpi.path}.{where}", shown(key), f"one of {of}'s dimensions", mend)


def grains(kpi: Draft) -> Found:
    """Lead is coarser than operate, recorded is not; samples have no calendar."""
    operate = kpi.get("operate", "day")
    if not kpi.sound("operate"):
        return
    if operate == "sample":
        for key in ("lead", "recorded", "expected_after", "calendar"):
            if key in kpi.values and kpi.values[key] != "sample":
                wanted = f'no {key} with operate = "sample", which has no calendar'
                yield Problem(f"{kpi.path}.{key}", shown(kpi.values[key]), wanted, "Take the line out.")
        return
    lead, recorded = kpi.get("lead"), kpi.get("recorded")
    if lead is not None and GRAINS.index(lead) <= GRAINS.index(operate):
        mend = "Choose a coarser one, or take the line out."
        yield Problem(f"{kpi.path}.lead", shown(lead), f"a grain coarser than operate ({operate})", mend)
    if recorded is not None and (recorded == "sample" or GRAINS.index(recorded) > GRAINS.index(operate)):
        mend = f"Set operate to {recorded!r}: finer periods than those that are recorded stay empty."
        yield Problem(f"{kpi.path}.recorded", shown(recorded), f"a grain not coarser than operate ({operate})", mend)


def calendar(kpi: Draft, calendars: Mapping[str, Calendar]) -> Found:
    """The calendar exists and has the shifts that a shift grain needs."""
    key = kpi.get("calendar", "default")
    if key not in calendars:
        mend = nearest(key, calendars) or f"Write it under [calendars.{key}]."
        yield Problem(f"{kpi.path}.calendar", shown(key), "the key of a calendar", mend)
        return
    for where in ("operate", "recorded"):
        if kpi.get(where) == "shift" and not calendars[key].shifts:
            mend = f'Add shifts = [{{name = "Early", starts = "06:00"}}, …] under [calendars.{key}].'
            yield Problem(f"{kpi.path}.{where}", "'shift'", "a calendar with shifts", mend)


def bounds(kpi: Draft) -> Found:
    """Lower limits lie below upper ones, specification limits inside the bounds."""
    for low, high in (("lower_bound", "upper_bound"), ("spec_lower", "spec_upper")):
        below, above = kpi.get(low), kpi.get(high)
        if below is not None and above is not None and below >= above:
            wanted = f"a number below {high} ({above:g})"
            yield Problem(f"{kpi.path}.{low}", shown(below), wanted, "Change one of the two.")
    for key in ("spec_lower", "spec_upper"):
        if key in kpi.values and not kpi.share and not _inside(kpi, kpi.values[key]):
            yield Problem(f"{kpi.path}.{key}", shown(kpi.values[key]), _range(kpi), "Change it, or the bounds.")


def goals(kpi: Draft, targets: tuple[tuple[str, Target], ...]) -> Found:
    """Each target has the form that the good direction asks for and a possible value; no two start on one day."""
    starts: set[object] = set()
    for path, target in targets:
        if target.start in starts:
            found = "since ever" if target.start is None else str(target.start)
            yield Problem(path, f"a second target from {found}", "one target for each day", "Change its from.")
        starts.add(target.start)
        yield from _form(kpi, path, target)
        if kpi.sound("multiplier", "unit", "kind", "lower_bound", "upper_bound"):
            outside = [n for n in (target.value, target.low, target.high) if n is not None and not _inside(kpi, n)]
            mend = f"Write it in the shown unit{_unit(kpi)}."
            yield from (Problem(path, shown(number), _range(kpi), mend) for number in outside)


def _form(kpi: Draft, path: str, target: Target) -> Found:
    ranged, single = target.low is not None, target.value is not None
    better = kpi.get("better")
    if single and better == "neither":
        mend = 'Write [low, high], or say better = "higher" or "lower".'
        yield Problem(path, shown(target.value), 'a range with better = "neither"', mend)
    if ranged and better in ("higher", "lower"):
        mend = 'Write one number, or better = "neither".'
        yield Problem(path, f"[{target.low:g}, {target.high:g}]", f'one number with better = "{better}"', mend)
    if target.low is not None and target.high is not None and target.low >= target.high:
        yield Problem(path, f"[{target.low:g}, {target.high:g}]", "low below high", "Swap or change them.")


def _limits(kpi: Draft) -> tuple[float | None, float | None]:
    """Lowest and highest possible value in the shown unit."""
    if kpi.share:
        return 0.0, kpi.multiplier
    low = kpi.get("lower_bound")
    return (0.0 if low is None and kpi.kind not in ("measured", "derived") else low), kpi.get("upper_bound")


def _inside(kpi: Draft, number: float) -> bool:
    low, high = _limits(kpi)
    return (low is None or number >= low) and (high is None or number <= high)


def _range(kpi: Draft) -> str:
    low, high = _limits(kpi)
    if low is not None and high is not None:
        return f"a number from {low:g} to {high:g}"
    return f"{low:g} or more" if low is not None else f"at most {high:g}"


def _unit(kpi: Draft) -> str:
    return f" ({kpi.get('unit')})" if kpi.get("unit") else ""


def chart(kpi: Draft) -> Found:
    """A pinned chart exists for the kind."""
    pinned = kpi.get("chart")
    if pinned is not None and kpi.kind is not None and pinned not in names.CHARTS[kpi.kind]:
        wanted = f"{listed(names.CHARTS[kpi.kind])} for kind {kpi.kind!r}"
        yield Problem(f"{kpi.path}.chart", shown(pinned), wanted, "Choose one, or take the line out.")


def parents(kpis: Mapping[str, Draft]) -> Found:
    """Parents exist and no KPI is its own ancestor; a cycle is told once, at its first member."""
    told: set[str] = set()
    for key, kpi in kpis.items():
        parent = kpi.get("parent")
        if parent is not None and parent not in kpis:
            mend = nearest(parent, kpis) or "Define it, or take the line out."
            yield Problem(f"{kpi.path}.parent", shown(parent), "the key of a KPI", mend)
        chain = _ancestry(key, kpis)
        if chain[-1] == key and len(chain) > 1 and key not in told:
            told.update(chain)
            yield Problem(f"{kpi.path}.parent", " → ".join(chain), "parents without a circle", "Cut it at one place.")


def _ancestry(key: str, kpis: Mapping[str, Draft]) -> list[str]:
    """The KPI, its parent, its parent's parent … up to the first that comes again."""
    chain = [key]
    while (parent := kpis[chain[-1]].get("parent")) in kpis:
        chain.append(parent)
        if parent in chain[:-1]:
            break
    return chain


def looks_wrong(kpi: Draft, targets: tuple[tuple[str, Target], ...]) -> Found:
    """Warnings: a target in per cent that looks like a fraction."""
    if kpi.kind != "proportion" or kpi.multiplier != 100:
        return
    for path, target in targets:
        top = target.high if target.value is None else target.value
        if top is not None and 0 < top < 1:
            mend = f"Write {100 * top:g} if that is meant; leave it if it is {top:g} %."
            yield Problem(path, f"{top:g}", "a target in %, and this looks like a fraction", mend)
