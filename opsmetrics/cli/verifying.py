"""verify: is a verdict that was shown still true, and if not, what changed it?"""

from __future__ import annotations

import argparse

from opsmetrics.catalog import Catalog
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console
from opsmetrics.cli.layout import facts, wrapped
from opsmetrics.desk import verifying
from opsmetrics.desk.verifying import Cause, Verified
from opsmetrics.verdict import wording

EQUAL, DIFFERENT = 0, 3


def verify(given: argparse.Namespace, console: Console) -> int:
    """Judge a verdict again, as of its time and as of today; 0: the same, 3: it is another one today."""
    with owner.reading(given, console) as desk:
        found = verifying.verify(desk, given.id, lambda done, of: console.progress(done, of, "looking for the change"))
        definitions = desk.catalog
    if console.as_json:
        console.answer(verifying.as_dict(found))
    else:
        console.say(_told(found, definitions))
    return EQUAL if found.equal else DIFFERENT


def _told(found: Verified, definitions: Catalog) -> str:
    moment = desks.when(definitions, found.as_of.to_pydatetime())
    head = f"{found.id}: {found.name} (by {found.grain}), first shown as of {moment}"
    verdict = (
        "Equal: judged again today it says the same." if found.equal else "Different: today it says something else."
    )
    lines = [("It said", verifying.sentence(found.said))]
    if not found.equal:
        lines.append(("Today", verifying.sentence(found.says) or "Its KPI is not defined any more."))
        lines.append(("Changed", ", ".join(found.changed)))
        lines += [("By", _cause(each, definitions)) for each in found.causes]
    return "\n\n".join([wrapped(head), wrapped(f"{verdict} {_then(found)}"), facts(lines)])


def _then(found: Verified) -> str:
    if found.then:
        return "From the data, decisions and definitions of its time it follows as it was shown."
    if found.lost:
        numbers = wording.listed([str(number) for number in found.lost])
        return f"Its own data cannot be read any more: undone since then, batch {numbers}."
    return "From the data, decisions and definitions of its time it does not follow as it was shown."


def _cause(each: Cause, definitions: Catalog) -> str:
    if each.what == "other":
        return "something that the ledger does not know; see what `check` finds"
    if each.what == "program":
        return f"the program: {each.name}"
    assert each.at is not None
    who = f"{desks.when(definitions, each.at.to_pydatetime())} by {each.by}" + (f": {each.why}" if each.why else "")
    named = {
        "batch": f"batch {each.number} ({each.name})",
        "undo": f"the undo of batch {each.number} ({each.name})",
        "decision": f"decision {each.number} ({each.name})",
        "definitions": f"definitions {each.name}",
    }
    return f"{named[each.what]}, {who}"
