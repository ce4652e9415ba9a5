"""Names that a person said mean a known one: a template keeps them by dimension, and they are applied while a file is
read, never by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from opsmetrics.ingest.problems import ALIAS, IngestRefused, listed

#: Dimension → name as written → the known name that it means.
Aliases = Mapping[str, Mapping[str, str]]


def same(name: str) -> str:
    """The form in which names are compared: any case and blanks."""
    return " ".join(name.split()).casefold()


def answered(answers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Dimension, name as written and known name of each answer `alias:DIMENSION:NAME`. Raises IngestRefused
    (`unknown_answer`) where one says no such thing."""
    found = []
    for code in answers:
        kind, _, rest = code.partition(":")
        if kind != ALIAS:
            continue
        dimension, _, written = rest.partition(":")
        known = answers[code].strip()
        if not dimension or not written.strip() or not known or written.strip() == known:
            raise IngestRefused(
                "unknown_answer",
                f"the answer '{code}={known}'",
                f"{ALIAS}:DIMENSION:NAME=KNOWN NAME, with two names that differ",
                "write both names",
            )
        found.append((dimension, written.strip(), known))
    return found


def together(held: Aliases, said: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """The aliases of a template with those that a person adds. What was said last wins: a name that others mean now is
    no alias itself, and those that meant a name that is one now mean what that does."""
    found = {dimension: dict(names) for dimension, names in held.items()}
    for dimension, written, known in said:
        kept = {
            other: known if same(meant) == same(written) else meant
            for other, meant in found.get(dimension, {}).items()
            if same(other) not in (same(written), same(known))
        }
        found[dimension] = {**kept, written: known}
    return found


def refuse_other_dimensions(said: Iterable[tuple[str, str, str]], dimensions: Collection[str]) -> None:
    """Raises IngestRefused (`unknown_answer`) for an answer about a dimension that no column of the file gives."""
    for dimension, written, _ in said:
        if dimension not in dimensions:
            raise IngestRefused(
                "unknown_answer",
                f"an answer about '{written}' of '{dimension}', for which the file has no column",
                f"one of the file's dimensions ({listed(dimensions) or 'it has none'})",
                "correct the answer, or leave it out",
            )


def unsound(aliases: object) -> list[tuple[str, str, str, str]]:
    """Mistakes of a template's [aliases.DIMENSION]: key, found, wanted and mend of each."""
    if not isinstance(aliases, dict) or not all(isinstance(names, dict) for names in aliases.values()):
        wanted, mend = "a table of aliases for each dimension", "write for example [aliases.site]"
        return [("aliases", repr(aliases)[:60], wanted, mend)]
    found = []
    for dimension, names in aliases.items():
        said = [same(name) for name in names]
        for name, known in names.items():
            key = f"aliases.{dimension}.{name}"
            if not isinstance(known, str) or not known.strip() or not name.strip():
                found.append((key, repr(known)[:60], "a name", 'write for example "Hambrug" = "Hamburg"'))
            elif said.count(same(name)) > 1:
                found.append((key, "a second line of this name", "one (case does not count)", "remove the others"))
            elif same(known) in said and same(known) != same(name):
                found.append((key, f"'{known}', which is an alias itself", "a known name", "name what that one means"))
    return found
