"""Names that differ only in case are one name: the most frequent spelling stands for all, and it is said so."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.ingest.aliases import same
from opsmetrics.ingest.event_plan import REFERENCE
from opsmetrics.ingest.layout import METRIC, Layout
from opsmetrics.ingest.problems import ALIAS, listed
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text
from opsmetrics.measurements import Notice, counted


def unify_spelling(scratch: Scratch, layout: Layout, answers: Mapping[str, str]) -> list[Notice]:
    """Replace rarer spellings in the stage. The choice does not depend on the order of the records, so that the same
    records in another order give the same keys. Names that mean a known one take its place before."""
    notices = [*_whole_codes(scratch, layout), *_apply_aliases(scratch, layout, answers)]
    for role in (role for role in layout.texts if role != REFERENCE):
        name = layout.text_name(role)
        variants = _variants(scratch, name)
        for kept, others in variants.items():
            said = " OR ".join(f"{name} = {text(other)}" for other in others)
            scratch.run(f"UPDATE stage SET {name} = {text(kept)} WHERE {said}")
        if variants:
            pairs = (f"{other} → {kept}" for kept, others in variants.items() for other in others)
            notices.append(
                Notice("values_normalised", f"Spellings of {role.lstrip('@')} were made one: {listed(pairs)}.")
            )
    return notices


def _apply_aliases(scratch: Scratch, layout: Layout, answers: Mapping[str, str]) -> list[Notice]:
    """Put the known names into the stage in place of those that mean them, and say so with the number of records."""
    pairs, idle = [], []
    for role, names in layout.aliases.items():
        if role not in layout.texts:
            continue
        column, meant, applied = layout.text_name(role), {same(n): known for n, known in names.items()}, set()
        found = f"FROM stage WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
        for written, count in scratch.rows(f"SELECT {column}, count(*) FILTER (fault = 0) {found}"):
            known = meant.get(same(written), written)
            applied.add(same(written))
            if known != written:
                scratch.run(f"UPDATE stage SET {column} = {text(known)} WHERE {column} = {text(written)}")
                pairs.append(f"'{written}' as '{known}' ({counted(count, '{n} record', '{n} records')})")
        idle += [n for n in names if same(n) not in applied and f"{ALIAS}:{role}:{n}" in answers]
    notices = [Notice("aliases", f"Read, as was said: {', '.join(pairs)}.")] if pairs else []
    if idle and scratch.sheet.mending is None:
        told = f"The answer about {listed(idle)} was not needed: no record has this name."
        notices.append(Notice("answer_not_needed", told))
    return notices


def _whole_codes(scratch: Scratch, layout: Layout) -> list[Notice]:
    """Codes that a spreadsheet or program took for numbers, 1234.0 beside 1235, lose their decimals; a column with any
    other text, or with another decimal than 0, stays as it is."""
    notices = []
    for role in (role for role in layout.texts if role != METRIC):
        name = layout.text_name(role)
        said = f"FROM stage WHERE fault = 0 AND {name} <> ''"
        if scratch.rows(f"SELECT 1 {said} AND NOT regexp_full_match({name}, '[0-9]+([.]0)?') LIMIT 1"):
            continue
        example = scratch.rows(f"SELECT {name} {said} AND ends_with({name}, '.0') LIMIT 1")
        if example:
            scratch.run(f"UPDATE stage SET {name} = regexp_replace({name}, '[.]0$', '') WHERE fault = 0")
            ((code,),) = example
            text = f"Codes of {role.lstrip('@')} lost their decimals: {code} is {code[:-2]}."
            notices.append(Notice("values_normalised", text))
    return notices


def _variants(scratch: Scratch, name: str) -> dict[str, list[str]]:
    """The spelling kept → the others."""
    loaded = f"FROM stage WHERE fault = 0 AND {name} IS NOT NULL"
    once = f"SELECT DISTINCT {name} {loaded}"
    distinct, folded = scratch.rows(f"SELECT count(*), count(DISTINCT lower({name})) FROM ({once})")[0]
    if distinct == folded:
        return {}
    ranked = scratch.rows(f"SELECT lower({name}), {name} {loaded} GROUP BY 2 ORDER BY count(*) DESC, {name}")
    groups: dict[str, list[str]] = {}
    for folded_name, spelling in ranked:
        groups.setdefault(folded_name, []).append(spelling)
    return {spellings[0]: spellings[1:] for spellings in groups.values() if len(spellings) > 1}
