"""replay, as typed."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, scrap_rows, write_scrap
from tests.cli.conftest import folder as folder
from tests.cli.conftest import run as run
from tests.cli.conftest import store as store
from tests.cli.conftest import works as works

DAYS = ("--from", "2025-03-31", "--to", "2025-04-03")


def spiked(run: Run, folder: Path, store: Path) -> None:
    """Half of what line A makes on 1 April is scrap."""
    (day, line, _, made) = next(row for row in scrap_rows() if row[:2] == ("2025-04-01", "A"))
    write_scrap(folder / "spike.csv", [(day, line, made // 2, made)])
    assert run("ingest", folder / "spike.csv", "--store", store).code == 0


def test_cards_known_events_and_false_cards_are_counted(run: Run, folder: Path, store: Path) -> None:
    spiked(run, folder, store)
    (folder / "known.csv").write_text("kpi,slice,event,from,to\nscrap,line=A,the press broke,2025-04-01,2025-04-01\n")
    told = run("replay", *DAYS, "--events", folder / "known.csv", "--store", store, "--json")
    assert (told.code, told.err) == (0, "")
    (one,) = told.json
    assert (one["rules"], one["from"], one["to"], one["weeks"]) == ("own", "2025-03-31", "2025-04-03", 4 / 7)
    signals = [card for card in one["cards"] if card["kind"] == "signal"]
    assert {(card["kpi"], str(card["slice"]), card["side"], card["opened"]) for card in signals} >= {
        ("scrap", "{'line': 'A'}", "high", "2025-04-02"),
        ("scrap", "{}", "high", "2025-04-02"),
    }
    assert one["events"] == [
        {
            "kpi": "scrap", "slice": {"line": "A"}, "event": "the press broke", "from": "2025-04-01",
            "to": "2025-04-01", "watched": True, "found": "2025-04-02", "days": 1,
        }
    ]  # fmt: skip
    assert (one["found"], one["median_days"]) == (1, 1)
    assert len(one["false_cards"]) == len(one["cards"]) - 1, "the whole was not said to have had an event"
    assert one["cards_per_week"] == len(one["cards"]) * 7 / 4


def test_sets_of_rules_stand_beside_each_other(run: Run, folder: Path, store: Path) -> None:
    spiked(run, folder, store)
    (folder / "known.csv").write_text(
        "kpi,slice,event,from,to\nscrap,line=A,the press broke,2025-04-01,2025-04-01\nscrap,line=a,a slip,2025-04-01,\n"
    )
    words = ("--rules", "rule_1", "--rules", "nelson", "--events", folder / "known.csv", "--store", store)
    told = run("replay", *DAYS, *words)
    assert told.code == 0
    assert told.out.startswith("4 mornings, 3 series, with the data as they are now.\n")
    assert [line.split()[0] for line in told.out.splitlines()[4:6]] == ["rule_1", "nelson"]
    assert told.out.splitlines()[-2].count("after 1 day") == 2
    assert told.out.splitlines()[-1].count("not watched") == 2


def test_without_known_events_nothing_is_called_false(run: Run, store: Path) -> None:
    told = run("replay", "--from", "2025-04-03", "--to", "2025-04-03", "--store", store, "--json").json[0]
    assert not {"events", "false_cards", "median_days"} & set(told)


def test_what_cannot_be_replayed_is_said(run: Run, folder: Path, store: Path) -> None:
    back = run("replay", "--from", "2025-04-05", "--to", "2025-04-01", "--store", store)
    assert (back.code, "give the earlier day first" in back.err) == (2, True)
    ahead = run("replay", "--from", "2025-04-05", "--to", "2190-04-01", "--store", store)
    assert (ahead.code, "has not come yet" in ahead.err) == (2, True)
    unheard = run("replay", *DAYS, "--rules", "mine", "--store", store)
    assert (unheard.code, "nelson" in unheard.err) == (2, True)
    (folder / "known.csv").write_text("kpi,slice,event,from,to\nscarp,,e,2025-04-01,\n")
    wrong = run("replay", *DAYS, "--events", folder / "known.csv", "--store", store)
    assert (wrong.code, "scarp" in wrong.err) == (1, True)
    (folder / "known.csv").write_text("kpi\n")
    none = run("replay", *DAYS, "--events", folder / "known.csv", "--store", store)
    assert (none.code, "lacks the column slice" in none.err) == (1, True)
    lost = run("replay", *DAYS, "--events", folder / "lost.csv", "--store", store)
    assert (lost.code, "could not be used" in lost.err) == (1, True)
