"""The Upload page under AppTest: files to choose, what to press, and what stands on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from streamlit.testing.v1 import AppTest

from opsmetrics import store
from tests.pages import stores
from tests.pages.stores import block, blocks, page

DAYS = 20
HEADER = "date,line,late orders,orders"
FOREIGN = "Datum;Linie;zu spät;Aufträge;Bemerkung"


def days() -> list[dt.date]:
    """The last days before yesterday's end, which the full store holds for lines 3 and 4."""
    last = stores.start().date() + dt.timedelta(days=stores.DAYS)
    return [last - dt.timedelta(days=back) for back in range(DAYS, 0, -1)]


def plain(line: str = "Line 5", late: int = 90) -> bytes:
    """A file whose columns are called as the definitions call them."""
    rows = [f"{day},{line},{late + number % 3},800" for number, day in enumerate(days())]
    return "\n".join([HEADER, *rows, ""]).encode()


def foreign() -> bytes:
    """The same in another language, in cp1252, with three records that cannot be loaded and one without a value."""
    rows = [f"{day:%d.%m.%Y};Line 5;{100 + number % 5};800;ok" for number, day in enumerate(days())]
    rows += ["31.11.2025;Line 5;1;800;no such day", f"{days()[0]:%d.%m.%Y};Line 7;47;45;too many"]
    rows += [f"{days()[0]:%d.%m.%Y};Line 8;x7;45;<script>window.pwned=1</script>"]
    rows += [f"{days()[0]:%d.%m.%Y};Line 9;;45;nothing"]
    return "\n".join([FOREIGN, *rows, ""]).encode("cp1252")


def uploaded(files: Mapping[str, bytes]) -> AppTest:
    """The page after these files were chosen."""
    app = page("upload")
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files.items()])
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def keyed(app: AppTest, start: str) -> str:
    """The one button whose key begins so."""
    (found,) = (button.key for button in app.button if button.key and button.key.startswith(start))
    return found


def title(app: AppTest) -> str:
    return str(block(app, "heading")["title"])


def said(app: AppTest) -> str:
    """All marked lines on the page, as one text."""
    lines = [found for found in blocks(app) if found["kind"] == "said"]
    return " | ".join(f"{found['lead']} {(found['mark'] or {}).get('word', '')} {found['text']}" for found in lines)


def cells(found: dict[str, Any]) -> list[list[str]]:
    """The texts of a table."""
    return [[str(cell.get("text", cell.get("mark", {}).get("word"))) for cell in row] for row in found["rows"]]


def grid(app: AppTest, label: str) -> dict[str, Any]:
    return next(
        found for found in blocks(app) if found["kind"] in ("grid", "edged") and found["label"].startswith(label)
    )


def downloads(app: AppTest) -> list[str]:
    """What the buttons of downloads are called, in order."""
    return [str(part.proto.label) for part in app.get("download_button")]


def facts(batch: int) -> int:
    return int(store.current().read("SELECT count(*) AS n FROM counts WHERE batch = ?", (batch,))["n"].iloc[0])


def mapped(app: AppTest) -> AppTest:
    """The form of the foreign file, filled and confirmed."""
    app.multiselect[0].select("late").run()
    for part, header in (("numerator", "zu spät"), ("denominator", "Aufträge")):
        (box,) = (found for found in app.selectbox if str(found.key).endswith(f"_kpi_late_{part}"))
        box.select(header).run()
    return press(app, next(str(b.key) for b in app.button if str(b.key).startswith("upload_map_")))


def elsewhere_and_back(app: AppTest) -> AppTest:
    app.switch_page("pages/data.py").run()
    app.switch_page("pages/upload.py").run()
    assert not app.exception
    return app
