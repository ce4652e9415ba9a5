"""The whole walk on public data, from the command line: files in, receipts, decisions, verdicts.

The authority of every figure is ../shared/data/truths.json, computed apart from this program with numpy and pandas;
its limits use the constant 1.128 where ours computes d2(2).
"""

from __future__ import annotations

import datetime as dt
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from opsmetrics.cli import main
from opsmetrics.desk import Desk
from opsmetrics.store import Store
from tests.cases import in_soak
from tests.cli.conftest import Ran, Run
from tests.paths import ROOT, SHARED, needs_shared
from tests.real_stores import beyond, drafted, is_i_chart
from tests.truths import truth

#: tests/ingest/test_real_files reads the same files one by one.
pytestmark = [needs_shared, in_soak]

DATA = SHARED / "data"
EXAMPLES = ROOT / "examples"
NHS = DATA / "2_waits" / "nhs_ae_2016_2019"
AS_OF = dt.date(2019, 4, 1)
AS_IT_WAS = ("--as-of", AS_OF.isoformat())
EXACT_TO_TABLE = 2 / math.sqrt(math.pi) / 1.128  # d2(2) over its three-decimal value: Montgomery, Appendix VI


def began(folder: Path, example: str) -> Path:
    """A new store with the definitions of an example."""
    store = folder / "kpis.duckdb"
    assert main(["init", "--store", str(store), "--catalog", str(EXAMPLES / example / "kpis.toml")]) == 0
    return store


def judged(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The points that were judged."""
    return [point for point in answer["points"] if point["state"] == "judged"]


def template(example: str) -> tuple[str, Path]:
    return "--template", EXAMPLES / example / "template.toml"


def deciding(answer: dict[str, Any], rule: str = "beyond_limits") -> list[str]:
    """Labels of the points at which this rule's hits decide."""
    hits = [hit["position"] for hit in answer["signals"] if hit["rule"] == rule and hit["decides"]]
    return [answer["points"][position]["label"] for position in hits]


# Emergency departments: 36 files in one command


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A store that holds all 36 months, loaded by the real command in a process of its own."""
    store = began(tmp_path_factory.mktemp("nhs"), "nhs_ae")
    words = ["ingest", *sorted(NHS.glob("*.csv")), "--store", store, *template("nhs_ae"), "--json"]
    command = [sys.executable, "-m", "opsmetrics", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return store, Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def nhs(loaded: tuple[Path, Ran]) -> Path:
    """The store alone, not to be changed."""
    return loaded[0]


def _said(warning: dict[str, str]) -> str:
    answer = f' If they are one: --answer "{warning["answer"]}".' if "answer" in warning else ""
    return warning["text"] + answer


def test_36_files_in_one_command(loaded: tuple[Path, Ran]) -> None:
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")
    ran = loaded[1]
    assert ran.code == 0
    receipts, total = ran.json["receipts"], ran.json["total"]
    assert (len(receipts), total["files"], total["refused"]) == (known["files"], known["files"], 0)
    assert total["records"] == total["rows"] == known["rows"]
    assert total["new"] == 2 * known["rows"], "breaches and admissions"
    assert [receipt["batch"] for receipt in receipts] == list(range(1, 37))
    assert all(receipt["records"] == receipt["rows"] for receipt in receipts)
    told = [f"{receipt['source']}: {_said(warning)}" for receipt in receipts for warning in receipt["warnings"]]
    assert ran.err.splitlines() == told, "progress is for terminals"
    assert {warning["code"] for receipt in receipts for warning in receipt["warnings"]} <= {"new_name", "new_names"}


def test_the_same_files_again_open_no_batch(run: Run, nhs: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(nhs.parent, tmp_path / "nhs")) / nhs.name
    files = sorted(NHS.glob("*.csv"))[:2]
    total = run("ingest", *files, "--store", store, *template("nhs_ae"), "--json").json["total"]
    assert (total["new"], total["updated"], total["unchanged"]) == (0, 0, 2 * total["rows"])
    assert len(run("batches", "--store", store, "--json").json) == 36


def test_the_breaches_of_each_month(run: Run, nhs: Path) -> None:
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")
    answer = run("review", "ae_breaches", "--store", nhs, "--as-of", "2019-04-01", "--json").json
    months = judged(answer)
    assert [[p["period"][:7], p["denominator"], p["numerator"]] for p in months] == known["monthly"]
    worst = max(months, key=lambda point: point["value"])
    assert worst["period"].startswith(known["worst_month"])
    assert answer["n"] == 36


def test_the_breaches_of_all_months_together(run: Run, nhs: Path) -> None:
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")
    months = judged(run("review", "ae_breaches", *AS_IT_WAS, "--store", nhs, "--json").json)
    breaches, attendances = (sum(month[part] for month in months) for part in ("numerator", "denominator"))
    assert (breaches, attendances) == (known["breaches"], known["attendances"])
    assert 1 - breaches / attendances == pytest.approx(known["pct_within_4h"], abs=1e-6)
    assert [months[end]["period"][:10] for end in (0, -1)] == [known["min"], known["max"]]
    assert min(months, key=lambda month: month["value"])["period"].startswith(known["best_month"])
    admitted = judged(run("review", "ae_admissions", *AS_IT_WAS, "--store", nhs, "--json").json)
    assert sum(month["numerator"] for month in admitted) == known["admissions"]


def test_departments_by_type_and_organisation(run: Run, nhs: Path) -> None:
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")
    listed = run("review", "ae_breaches", "--by", "type", *AS_IT_WAS, "--store", nhs, "--json").json
    assert sorted(item["slice"]["type"] for item in listed) == sorted(kind for kind, _ in known["types"])
    for item in listed:
        assert sum(point["rows"] for point in item["points"]) == dict(known["types"])[item["slice"]["type"]]
    (major,) = [judged(item) for item in listed if item["slice"]["type"] == "1"]
    ends = [[month["period"][:7], month["denominator"], month["numerator"]] for month in (major[0], major[-1])]
    assert ends == known["type1_monthly_first_last"]
    with Desk.open(nhs) as desk:
        assert len(desk.slices(desk.catalog["ae_breaches"], by=["organisation"])) == known["orgs"]


def test_other_charts_of_the_breaches(nhs: Path) -> None:
    """A plain p chart flags all months; an XmR chart the same seven as the p′ chart."""
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")
    with Desk.open(nhs) as desk:
        looks = {kind: {"as_of": AS_OF, "catalog": drafted(desk, ae_breaches=kind)} for kind in ("p", "xmr", "p_prime")}
        plain, singles, own = (desk.review("ae_breaches", **look) for look in looks.values())
        out = {*beyond(plain, "high"), *beyond(plain, "low")}
        assert len(out) == known["p_chart_breach_monthly"]["n_out"]
        is_i_chart(singles, known["i_chart_breach_pct"], 100, "%Y-%m")
        assert (beyond(own, "high", "%Y-%m"), beyond(own, "low", "%Y-%m")) == (
            known["laney"]["above"],
            known["laney"]["below"],
        )


def test_the_verdict_on_the_breaches(run: Run, nhs: Path) -> None:
    known = truth("2_waits/nhs_ae_2016_2019/*.csv")["laney"]
    answer = run("review", "ae_breaches", "--store", nhs, "--as-of", "2019-04-01", "--json").json
    assert answer["chart"]["code"] == "p_prime"
    assert answer["chart"]["sigma_z"][-1] * EXACT_TO_TABLE == pytest.approx(known["sigma_z"], abs=5e-5)
    months = [answer["points"][h["position"]]["period"][:7] for h in answer["signals"] if h["rule"] == "beyond_limits"]
    assert months == known["above"]
    assert {hit["rule"] for hit in answer["signals"] if hit["decides"]} == {"beyond_limits"}
    assert "neighbours_alike" in answer["caveats"]
    assert (answer["variation"], answer["assurance"], answer["firm"]) == ("common_cause", "fails", False)
    assert answer["stance"] == "change_process"


def test_the_five_organisations_with_most_breaches(nhs: Path) -> None:
    with Store.open(nhs) as store:
        found = store.read(
            "SELECT organisation, sum(numerator) AS breaches FROM counts WHERE kpi = 'ae_breaches' "
            "GROUP BY organisation ORDER BY breaches DESC LIMIT 5"
        )
    top = truth("2_waits/nhs_ae_2016_2019/*.csv")["top5_org_breaches"]
    assert [list(row) for row in found.itertuples(index=False)] == top


def test_a_slice_adds_up_to_its_share(run: Run, nhs: Path) -> None:
    (key, breaches), *_ = truth("2_waits/nhs_ae_2016_2019/*.csv")["top5_org_breaches"]
    words = ("review", "ae_breaches", "--slice", f"organisation={key}", "--store", nhs, "--as-of", "2019-04-01")
    points = run(*words, "--json").json["points"]
    assert sum(point["numerator"] or 0 for point in points) == breaches


def test_an_organisation_that_is_late_improves_nothing(run: Run, nhs: Path, tmp_path: Path) -> None:
    """Without the last month's rows of the organisation with most breaches the rate would fall."""
    store = Path(shutil.copytree(nhs.parent, tmp_path / "nhs")) / nhs.name
    run("undo", 36, "--store", store)
    lines = (NHS / "2019-03-01.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    late = tmp_path / "2019-03-01.csv"
    late.write_text("".join(line for line in lines if ",R1H," not in line), encoding="utf-8")
    assert run("ingest", late, "--store", store, *template("nhs_ae")).code == 0
    answer = run("review", "ae_breaches", "--store", store, "--as-of", "2019-04-01", "--json").json
    assert answer["data"] in ("partial", "late")
    assert "R1H" in answer["data_names"]
    assert answer["variation"] != "improving"
    assert answer["points"][-1]["state"] != "judged" or answer["as_of_period"] == "Feb 2019"
    assert "R1H" in answer["sentence"]["text"]


# Orange juice cans: a textbook's p chart, numbered samples


def orange(run: Run, folder: Path) -> tuple[Path, Ran]:
    store = began(folder, "orange_juice")
    source = DATA / "1_defects" / "qcc_textbook" / "orangejuice.txt"
    assert run("ingest", source, "--store", store, *template("orange_juice"), "--json").json["rows"] == 54
    locked = ("--at", "1..30", "--why", "the trial samples", "--store", store)
    return store, run("decide", "lock", "orange_juice_defects", *locked)


def limits_of(answer: dict[str, Any], sample: int) -> tuple[float, float]:
    point = next(point for point in answer["points"] if point["period"] == sample)
    return point["lower"], point["upper"]


def test_orange_juice_before_and_after_its_exclusions(run: Run, tmp_path: Path) -> None:
    known = truth("1_defects/qcc_textbook/orangejuice.txt")
    store, locked = orange(run, tmp_path)
    assert locked.code == 0
    before = run("review", "orange_juice_defects", "--store", store, "--json").json
    assert limits_of(before, 1) == pytest.approx((known["lcl"], known["ucl"]), abs=5e-7)
    above = [label for label in deciding(before) if int(label.split()[1]) <= 30]
    assert above == [f"sample {number}" for number in known["p_chart_trial"]["above_ucl"]]
    for sample, why in ((15, "new batch of cardboard"), (23, "inexperienced operator")):
        words = ("decide", "exclude", "orange_juice_defects", "--at", sample, "--why", why, "--store", store)
        assert run(*words).code == 0
    after = run("review", "orange_juice_defects", "--store", store, "--json").json
    revised = known["revised_without_15_23"]
    assert limits_of(after, 1) == pytest.approx((revised["lcl"], revised["ucl"]), abs=5e-7)
    assert "sample 21" in deciding(after), "Montgomery: 21 shows once 15 and 23 are out"
    assert (after["variation"], after["side"]) == ("improving", "low")


def test_orange_juice_says_what_it_would_have_chosen(run: Run, tmp_path: Path) -> None:
    store, _ = orange(run, tmp_path)
    answer = run("review", "orange_juice_defects", "--store", store, "--json").json
    assert answer["chart"]["code"] == "p"
    assert "p′" in answer["chart"]["rejected"]
    assert "p′" in run("review", "orange_juice_defects", "--store", store).out


# A machine's temperature every five minutes


def test_machine_temperature(run: Run, tmp_path: Path) -> None:
    known = truth("3_uptime/nab/machine_temperature_system_failure.csv")
    store = began(tmp_path, "machine_temperature")
    source = DATA / "3_uptime" / "nab" / "machine_temperature_system_failure.csv"
    receipt = run("ingest", source, "--store", store, *template("machine_temperature"), "--json").json
    assert (receipt["rows"], receipt["rows_duplicate_dropped"]) == (known["rows"], 0), "12 repeated stamps are kept"
    answer = run("review", "machine_temperature", "--store", store, "--as-of", "2014-02-20", "--json").json
    assert answer["chart"]["code"] == "xmr"
    days = [answer["points"][hit["position"]]["period"][:10] for hit in answer["signals"] if hit["decides"]]
    assert days == known["daily_mean_i_chart"]["below"], "one of the labelled windows each, and nothing else"
    silent = [hit for hit in answer["signals"] if hit["rule"] == "run_of_8"]
    assert silent
    assert not any(hit["decides"] for hit in silent)
    assert [answer["points"][end]["state"] for end in (0, -1)].count("judged") == 0, "incomplete first and last day"
    assert answer["variation"] == "common_cause"
    assert "neighbours_alike" in answer["caveats"]
