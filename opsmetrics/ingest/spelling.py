"""Names that differ only in case are one name: the most frequent spelling stands for all, and it is said so."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.ingest.aliases import same
from opsmetrics.ingest.event_plan import REFERENCE
from opsmetrics.ingest.faults import STRAY_QUOTE, stored
from opsmetrics.ingest.layout import METRIC, Layout
from opsmetrics.ingest.marks import CELL, STRAY
from opsmetrics.ingest.problems import ALIAS, listed
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import one_of, text
from opsmetrics.measurements import Notice, counted

#: Anything but letters and digits, which is left out where names are compared, unless it stands between two digits.
_BESIDE = "[^\\p{L}\\p{N}]"
#: The second ways of writing a letter in names without accents.
_LETTERS = (("ß", "ss"), ("ae", "a"), ("oe", "o"), ("ue", "u"))

#: A name with a stray quotation mark in so many times fewer records than the same name without it is a slip.
_FEWER = 3
#: More names than these are codes, which are not compared.
_COMPARED = 5_000


def unify_spelling(scratch: Scratch, layout: Layout, answers: Mapping[str, str]) -> list[Notice]:
    """Replace rarer spellings in the stage. The choice does not depend on the order of the records, so that the same
    records in another order give the same keys. Names that mean a known one take its place before."""
    for role, column in layout.texts.items():
        _hold_stray_marks(scratch, stored(STRAY_QUOTE, column), layout.text_name(role))
    notices = [*_whole_codes(scratch, layout), *_apply_aliases(scratch, layout, answers)]
    for role in (role for role in layout.texts if role != REFERENCE):
        name = layout.text_name(role)
        variants, alike = _variants(scratch, name)
        for kept, others in variants.items():
            said = " OR ".join(f"{name} = {text(other)}" for other in others)
            scratch.rename(name, text(kept), said)
        if variants:
            pairs = (f"{other} → {kept}" for kept, others in variants.items() for other in others)
            notices.append(
                Notice("values_normalised", f"Spellings of {role.lstrip('@')} were made one: {listed(pairs)}.")
            )
        if alike and role != METRIC:
            notices += _alike(scratch, role, name)
        notices += _encoded_twice(scratch, role, name)
    return notices


def _hold_stray_marks(scratch: Scratch, fault: int, name: str) -> None:
    """Records whose name has a quotation mark that is not doubled, "L"2", where more have it without: whether the mark
    is lost, added or meant the file does not tell, so that a line of its own would be made of a slip."""
    if scratch.sheet.separator != CELL:
        return
    doubted = f"starts_with({name}::VARCHAR, {text(STRAY)})"
    sound = "count(*) FILTER (fault = 0)"
    found = dict(scratch.rows(f"SELECT {name}::VARCHAR, {sound} FROM stage WHERE {doubted} GROUP BY 1"))
    if not found:
        return
    bare = {said: said[1:].replace(scratch.sheet.dialect.quote, "").strip() for said in found}
    meant = f"fault = 0 AND {name} IN {one_of(list(bare.values()))}"
    others = dict(scratch.rows(f"SELECT {name}::VARCHAR, count(*) FROM stage WHERE {meant} GROUP BY 1"))
    slips = [said for said, count in found.items() if _FEWER * count <= others.get(bare[said], 0)]
    if slips:
        scratch.run(f"UPDATE stage SET fault = {fault} WHERE fault = 0 AND {name} IN {one_of(slips)}")
    scratch.rename(name, f"substr({name}, 2)", doubted)


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
                scratch.rename(column, text(known), f"{column} = {text(written)}")
                pairs.append(f"'{written}' as '{known}' ({counted(count, '{n} record', '{n} records')})")
        idle += [n for n in names if same(n) not in applied and f"{ALIAS}:{role}:{n}" in answers]
    notices = [Notice("aliases", f"Read, as was said: {', '.join(pairs)}.")] if pairs else []
    if idle and scratch.sheet.mending is None:
        told = f"The answer about {listed(idle)} was not needed: no record has this name."
        notices.append(Notice("answer_not_needed", told))
    return notices


def _alike(scratch: Scratch, role: str, name: str) -> list[Notice]:
    """Names that differ only in accents, blanks, hyphens and the like may be one: they stay two, and it is said so."""
    said = f"SELECT DISTINCT {name} AS said FROM stage WHERE fault = 0 AND {name} <> ''"
    groups = scratch.rows(
        f"SELECT list(said ORDER BY said) AS names FROM (SELECT said, {_bare('said')} AS bare FROM ({said})) "
        "WHERE bare <> '' GROUP BY bare HAVING count(*) > 1 ORDER BY names"
    )
    if not groups:
        return []
    pairs = listed(" / ".join(names) for (names,) in groups)
    told = f"differ only in accents, blanks or signs and may be one: {pairs}. They stay apart."
    return [Notice("possible_aliases", f"Names of {role.lstrip('@')} {told}")]


def _encoded_twice(scratch: Scratch, role: str, name: str) -> list[Notice]:
    """Names whose UTF-8 was taken for Windows-1252 and written as UTF-8 again: what they were meant to be is told."""
    if scratch.sheet.ascii:
        return []
    odd = f"SELECT DISTINCT {name} FROM stage WHERE fault = 0 AND regexp_matches({name}, '[Â-ô][^ -~]') ORDER BY 1"
    meant = {said: once for (said,) in scratch.rows(odd) if (once := _once(said))}
    if not meant:
        return []
    pairs = listed(f"{said} may be {once}" for said, once in meant.items())
    told = f"Names of {role.lstrip('@')} seem to be encoded twice: {pairs}. Read as written; export them anew as UTF-8."
    return [Notice("encoded_twice", told)]


def _once(name: str) -> str | None:
    """The name before it was encoded a second time; None where it cannot have been."""
    try:
        return b"".join(map(_byte, name)).decode("utf-8")
    except UnicodeError:
        return None


def _byte(letter: str) -> bytes:
    """The byte of a letter in Windows-1252, which has none for five of them: those stand for themselves."""
    return letter.encode("latin-1" if letter in "\x81\x8d\x8f\x90\x9d" else "cp1252")


def _bare(name: str) -> str:
    """The name in small letters without accents, blanks and signs; digits that something parts stay parted."""
    bare = f"strip_accents(lower({name}))"
    for _ in range(2):  # 1-1-1: the first pass takes the digit in the middle for the first pair
        bare = f"regexp_replace({bare}, {text(f'([0-9]){_BESIDE}+([0-9])')}, '\\1ø\\2', 'g')"
    bare = f"regexp_replace({bare}, {text(_BESIDE)}, '', 'g')"
    for written, letter in _LETTERS:
        bare = f"replace({bare}, {text(written)}, {text(letter)})"
    return bare


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
            bare = f"CASE WHEN fault = 0 THEN regexp_replace({name}, '[.]0$', '') ELSE {name} END"
            scratch.rename(name, bare, f"ends_with({name}, '.0')")
            ((code,),) = example
            text = f"Codes of {role.lstrip('@')} lost their decimals: {code} is {code[:-2]}."
            notices.append(Notice("values_normalised", text))
    return notices


def _told_apart(scratch: Scratch, names: str) -> tuple[int, int, int]:
    """How many names the query has, how many that differ in more than case, and in more than accents and signs."""
    scratch.run(f"CREATE OR REPLACE TABLE said AS {names}")
    distinct, folded = scratch.rows("SELECT count(*), count(DISTINCT lower(name)) FROM said")[0]
    bare = folded
    if folded <= _COMPARED:
        ((bare,),) = scratch.rows(f"SELECT count(DISTINCT {_bare('name')}) FROM said")
    scratch.run("DROP TABLE said")
    return distinct, folded, bare


def _variants(scratch: Scratch, name: str) -> tuple[dict[str, list[str]], bool]:
    """The spelling kept → the others; and whether names that are left differ only in accents, blanks or signs."""
    loaded = f"FROM stage WHERE fault = 0 AND {name} IS NOT NULL"
    if scratch.is_listed(name):
        distinct, _, bare = _told_apart(scratch, scratch.distinct(name))
        if distinct == bare:  # nor are there two among those that are loaded
            return {}, False
    distinct, folded, bare = _told_apart(scratch, f"SELECT DISTINCT {name} AS name {loaded}")
    if distinct == folded:
        return {}, bare < folded
    ranked = scratch.rows(f"SELECT lower({name}), {name} {loaded} GROUP BY 2 ORDER BY count(*) DESC, {name}")
    groups: dict[str, list[str]] = {}
    for folded_name, spelling in ranked:
        groups.setdefault(folded_name, []).append(spelling)
    return {spellings[0]: spellings[1:] for spellings in groups.values() if len(spellings) > 1}, bare < folded
