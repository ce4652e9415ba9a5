"""What is kept of a source for its next files: names that mean a known one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from opsmetrics.desk import Desk, templates
from opsmetrics.desk.loading import Order, load
from opsmetrics.ingest import IngestRefused, Template, TemplateError, aliases
from opsmetrics.ingest.drift import styles_drift
from tests.desk.test_plausible import KPIS, SITES, TEMPLATE

BEGIN = dt.date(2026, 5, 4)


def written(path: Path, day: int, names: Iterable[str], scrapped: Iterable[int] = (5, 6, 7, 8)) -> Path:
    """One day of a plant, a record for each name."""
    at = BEGIN + dt.timedelta(days=day)
    lines = [f"{at},{name},{bad},1000,40.5" for name, bad in zip(names, scrapped, strict=False)]
    path.write_text("\n".join(["Day,Site,Scrapped,Made,Lead", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Desk]:
    folder = tmp_path_factory.mktemp("sources")
    with Desk.open(folder / "kpis.duckdb") as desk:
        desk.apply(KPIS, by="Ada")
        desk.settings.templates.mkdir()
        (desk.settings.templates / "plant.toml").write_text(TEMPLATE, encoding="utf-8")
        load(desk, written(folder / "first.csv", 0, SITES), Order("Ada"))
        yield desk


def test_a_name_that_means_a_known_one_is_kept_with_the_template(desk: Desk, tmp_path: Path) -> None:
    again = ("hambrug", "Hamburg", "Lyon", "Leeds")
    file = written(tmp_path / "day.csv", 1, again, (5, 5, 6, 7))
    warned = load(desk, file, Order("Ada", dry_run=True))
    (new,) = (one for one in warned.answer["warnings"] if one["code"] == "new_name")
    assert new["answer"] == "alias:site:hambrug=Hamburg" and f'--answer "{new["answer"]}"' in " ".join(warned.notes)
    assert warned.answer["rows"] == 4, "nothing is taken for another name by itself"
    code, _, known = new["answer"].partition("=")
    done = load(desk, file, Order("Ada", answers={code: known})).answer
    told = {one["code"]: one["text"] for one in done["warnings"]}
    assert told["aliases"] == "Read, as was said: 'hambrug' as 'Hamburg' (1 record)."
    assert (
        (done["rows"], done["rows_duplicate_dropped"]) == (3, 1) and "answers_kept" in told and "new_name" not in told
    )
    assert '[aliases.site]\n"hambrug" = "Hamburg"\n' in templates.named(desk, "plant").template.dump()
    after = desk.prepare(written(tmp_path / "next.csv", 2, ("HAMBRUG", *again[1:])))
    assert [one.code for one in after.warnings] == ["aliases", "conflicting_duplicates"]
    assert after.tally.rejected == 2, "two records of one name that differ contradict each other"


def test_an_alias_of_an_unknown_name_is_refused(desk: Desk, tmp_path: Path) -> None:
    file = written(tmp_path / "day.csv", 1, SITES)
    for code, known, said in (
        (
            "alias:site:Hambrug",
            "Hambugr",
            "Wanted: a site that is stored ('Hamburg', 'Leeds', 'Lyon'); write 'Hamburg'",
        ),
        ("alias:plant:Hambrug", "Hamburg", "nothing stored has this plant"),
        ("alias:site", "Hamburg", "wanted: alias:DIMENSION:NAME=KNOWN NAME"),
        ("alias:site:Lyon", "Lyon", "two names that differ"),
    ):
        with pytest.raises(IngestRefused) as refused:
            desk.prepare(file, answers={code: known})
        assert said.lower() in str(refused.value).lower()
    told = desk.prepare(file, answers={"alias:site:Hambrug": "Hamburg"}).warnings
    assert [one.text for one in told] == ["The answer about 'Hambrug' was not needed: no record has this name."]


def test_what_was_said_last_about_a_name_holds() -> None:
    held = {"site": {"A": "B", "C": "D"}}
    assert aliases.together(held, [("site", "b", "E")]) == {"site": {"A": "E", "C": "D", "b": "E"}}
    assert aliases.together(held, [("site", "B", "A"), ("line", "x", "y")]) == {
        "site": {"C": "D", "B": "A"},
        "line": {"x": "y"},
    }


def test_the_mistakes_of_aliases_are_told() -> None:
    for lines, said in (
        ("[aliases]\nsite = 1", "a table of aliases for each dimension"),
        ('[aliases.site]\nA = "B"\nB = "C"', "'B', which is an alias itself"),
        ('[aliases.site]\nA = ""', "wanted: a name"),
        ('[aliases.site]\nA = "B"\na = "C"', "a second line of this name"),
    ):
        with pytest.raises(TemplateError, match=said):
            Template.load(f"{TEMPLATE}\n{lines}\n")
    sound = Template.load(f'{TEMPLATE}\n[aliases.site]\n"Ham\\"brug" = "Hamburg"\n[aliases."x y"]\nA = "a"\n')
    assert Template.load(sound.dump()) == sound


def test_what_changed_since_the_last_file_is_told_once(desk: Desk, tmp_path: Path) -> None:
    def told(day: int, header: str, form: str = "{at},{name},5,1000,40.5", **answers: str) -> list[str]:
        at = BEGIN + dt.timedelta(days=day)
        lines = [form.format(at=at, turned=f"{at:%d/%m/%Y}", name=name) for name in SITES]
        (tmp_path / f"{day}.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        template = templates.named(desk, "plant").template
        given = {code.replace("__", ":"): choice for code, choice in answers.items()}
        batch = desk.prepare(tmp_path / f"{day}.csv", template=template, answers=given)
        desk.store.commit(batch, by="Ada")
        templates.remember(desk, batch)
        return [one.text for one in batch.warnings if one.code in ("schema_drift", "style_drift")]

    wide = "Day,Site,Scrapped,Made,Lead,Shift"
    assert told(2, wide, "{at},{name},5,1000,40.5,A") == [
        "The columns changed since the last file of this source; new: 'Shift'."
    ]
    assert told(4, wide.replace("Shift", "Team"), "{at},{name},5,1000,40.5,A") == [
        "The columns changed since the last file of this source; 'Shift' seems to be called 'Team' now."
    ]
    assert told(5, wide.replace("Shift", "Team"), '{turned},{name},5,1000,"40,5 h",A', date_order="dmy") == [
        "Written in another way than the last file of this source: the order of dates was year/month/day, is "
        "day/month/year; the decimal mark of 'Lead' was a point, is a comma."
    ]
    assert told(6, "Day,Site,Scrapped,Made,Lead", '{turned},{name},5,1000,"2430,5 min"', date_order="dmy") == [
        "The columns changed since the last file of this source; missing: 'Team'.",
        "Written in another way than the last file of this source: the unit of 'Lead' was 'h', is 'min'.",
    ]
    desk.undo(int(desk.batches()["batch"].max()), by="Ada", publish=False)  # what was taken back is not compared with
    produced, form = wide.replace("Shift", "Team").replace("Made", "Produced"), '{turned},{name},5,1000,"40,5 h",A'
    assert told(7, produced, form, renamed__Made="column 4") == [
        "The columns changed since the last file of this source; 'Made' is called 'Produced' now."
    ]
    kept = templates.named(desk, "plant").template
    assert (kept.kpis[0].denominator, kept.header[3], kept.date_order) == ("Produced", "Produced", "dmy")
    assert told(8, produced, form) == [], "the second file asks nothing"


def test_ways_of_writing_are_compared_only_where_both_files_show_theirs() -> None:
    before = {"the unit of 'Lead'": "'h' and 'min'", "the per cent sign of 'Scrap'": "written"}
    assert styles_drift(before, {"the unit of 'Lead'": "'min'", "the decimal mark of 'Lead'": "a comma"}) == ()
    (told,) = styles_drift(before, {"the per cent sign of 'Scrap'": "left out"})
    assert told.text.endswith(": the per cent sign of 'Scrap' was written, is left out.")
