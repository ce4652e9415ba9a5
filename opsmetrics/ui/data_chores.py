"""What the app did by itself: its last morning run and its last backup, or that it failed at them."""

from __future__ import annotations

from collections.abc import Iterable

from opsmetrics.catalog import Calendar
from opsmetrics.desk import Desk
from opsmetrics.desk.backups import BACKUP
from opsmetrics.desk.mornings import MORNING
from opsmetrics.measurements import counted
from opsmetrics.store import Chore
from opsmetrics.ui import blocks, page
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.verdict import wording

_NAMES = {MORNING: "Morning run", BACKUP: "Backup"}


def render(desk: Desk) -> None:
    """A line for each chore; nothing where the app has not come to any."""
    chores = desk.store.chores()
    calendars = {calendar.key: calendar for calendar in desk.catalog.calendars}
    lines = [
        _line(name, [each for each in chores if each.chore == chore], calendars, site(desk.catalog))
        for chore, name in _NAMES.items()
        if any(each.chore == chore for each in chores)
    ]
    if lines:
        page.show(blocks.title("By itself", note="what the app does at set times"), *lines, key="chores")


def _line(name: str, rows: Iterable[Chore], calendars: dict[str, Calendar], main: Calendar) -> Block:
    """The last time that it was done, of several sites the one that is behind; and a failure since then."""
    listed = list(rows)
    done = {each.site: each for each in listed if not each.failed}
    failed = [each for each in listed if each.failed and (each.site not in done or each.at > done[each.site].at)]
    parts = [name]
    if done:
        behind = min(done.values(), key=lambda each: each.at)
        parts.append(f"{_when(behind, calendars, main)} · {_came_of(list(done.values()))}")
    parts += [f"Failed {_when(each, calendars, main)}, and is tried again: {each.told['error']}" for each in failed[:1]]
    return blocks.caption(" · ".join(parts))


def _when(each: Chore, calendars: dict[str, Calendar], main: Calendar) -> str:
    return wording.instant(at_site(calendars.get(each.site, main), each.at))


def _came_of(done: list[Chore]) -> str:
    told = [each.told for each in done]
    if done[0].chore == BACKUP:
        last = told[-1]
        return f"{last['path']}, {last['bytes'] / 1e6:,.1f} MB, opened and checked"
    reviewed = counted(sum(each["reviewed"] for each in told), "{n} verdict kept", "{n} verdicts kept")
    silent = sum(len(each["silent"]) for each in told)
    return f"{reviewed}, {counted(silent, '{n} waits for data', '{n} wait for data')}" if silent else reviewed
