"""The Together page under AppTest: T² of KPIs by day, and which of them made a day unusual."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics.desk import Desk
from opsmetrics.desk.together import together
from opsmetrics.stats.multivariate import hotelling_t2
from opsmetrics.ui.together import common_grains
from tests.pages import stores
from tests.pages.stores import block, blocks, page


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with stores.owned(stores.full, tmp_path_factory.mktemp("together")) as path:
        yield path


def said(app: AppTest) -> str:
    head = block(app, "heading")
    return f"{head['title']} {head['lead']}".replace("\u00a0", " ")


def test_nothing_is_chosen_yet() -> None:
    app = page("together")
    assert not app.exception
    assert said(app).startswith("Which KPIs belong together? Choose two to six")
    assert not app.get("plotly_chart")


def test_days_against_the_formula() -> None:
    at = Desk.of_process()
    reviews = [at.review("scrap"), at.review("changeover")]
    found = together(reviews)
    columns = [review.points["value"].where(review.points["state"] == "judged") for review in reviews]
    rows = np.column_stack([column.to_numpy(dtype=np.float64) for column in columns])
    left_out = reviews[0].points["state"].eq("excluded").to_numpy()
    assert left_out.sum() == 1
    again = hotelling_t2(rows[~left_out])
    assert found.chart is not None and found.compared == int(np.isfinite(rows[~left_out]).all(axis=1).sum()) + 1
    kept = found.chart.points.loc[~found.chart.points["excluded"], "value"].dropna()
    assert kept.to_numpy() == pytest.approx(again.points["value"].dropna().to_numpy())
    app = page("together", kpis="scrap,changeover")
    assert not app.exception
    unusual = len(found.chart.signals)
    assert f"{unusual} of {found.compared} days" in said(app) or "as usual in all" in said(app)
    panel = block(app, "panels")["panels"][0]
    assert {row[0] for row in panel["rows"]} == {"Scrap rate", "Changeover time"}
    table = app.dataframe[0].value
    assert table["T²"].dropna().to_numpy() == pytest.approx(found.chart.points["value"].dropna().to_numpy())


def test_the_address_is_the_truth() -> None:
    app = page("together", kpis="scrap,nope", grain="century")
    assert not app.exception and said(app).startswith("Which KPIs belong together?")
    told = next(str(found["text"]) for found in blocks(app) if "not here" in str(found.get("text")))
    assert "no KPI “nope”" in told and "no grain “century” for these KPIs" in told
    app.multiselect(key="choose_kpis").set_value(["scrap", "changeover"]).run()
    assert "kpis" in app.query_params and len(app.get("plotly_chart")) == 1


def test_why_not_is_said() -> None:
    app = page("together", kpis="scrap,changeover", grain="month")
    assert said(app).startswith("These KPIs cannot be watched together yet.") and "17 are wanted for 2 KPIs." in said(
        app
    )


def test_the_grains_in_common_begin_with_the_finest() -> None:
    at = Desk.of_process()
    assert common_grains([at.catalog["scrap"], at.catalog["changeover"]])[0] == "day"
    assert common_grains([]) == []
