"""Names that are to be read as others: only as such that something stored has."""

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.catalog import Catalog
from opsmetrics.desk.plausible import nearest
from opsmetrics.ingest import IngestRefused, aliases_answered
from opsmetrics.ingest.problems import listed
from opsmetrics.store import Store
from opsmetrics.store.profiling import names_known


def refuse_unknown_names(store: Store, catalog: Catalog, answers: Mapping[str, str]) -> None:
    """Raises IngestRefused (`unknown_name`) where an answer takes a name for one that nothing stored has."""
    for dimension, written, known in aliases_answered(answers):
        names = names_known(store, dimension)
        if known in names:
            continue
        word = next((each.name.lower() for each in catalog.dimensions if each.key == dimension), dimension)
        near = nearest(known, names)
        raise IngestRefused(
            "unknown_name",
            f"'{known}' as what '{written}' means, and nothing stored has this {word}",
            f"a {word} that is stored ({listed(names, 4) or 'there is none yet'})",
            f"write '{near}', if that is meant" if near else "correct the name, or leave the answer out",
        )
