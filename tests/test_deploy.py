"""The files for servers fit the program and each other: what they start, copy, set and pass on exists."""

from __future__ import annotations

import ast
import json
import re

import pytest

from opsmetrics.cli import parser
from opsmetrics.server import ROUTES
from tests.paths import ROOT

SETTING = r"OPSMETRICS_[A-Z_]+[A-Z]"
FILES = sorted(path.name for path in (ROOT / "deploy").iterdir())
PLACE = r'ROOT / "([^"]+)"'
PORT = "8501"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def known_settings() -> set[str]:
    return set(re.findall(SETTING, read("opsmetrics/settings.py")))


def known_routes() -> set[str]:
    return {route.path for route in ROUTES if hasattr(route, "path")}


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_its_place_in_the_guide(name: str) -> None:
    assert f"(../deploy/{name})" in read("docs/operations.md")
    assert PORT in read(f"deploy/{name}")


@pytest.mark.parametrize("name", FILES)
def test_only_settings_that_exist_are_set(name: str) -> None:
    assert set(re.findall(SETTING, read(f"deploy/{name}"))) - known_settings() == set()


def test_the_guide_lists_every_setting_and_no_other() -> None:
    table = "\n".join(re.findall(r"^\| `OPSMETRICS_.*$", read("docs/operations.md"), flags=re.M))
    assert set(re.findall(SETTING, table)) == known_settings()


def test_the_service_starts_a_command_that_exists() -> None:
    unit = read("deploy/opsmetrics.service")
    python, words = re.findall(r"^ExecStart=(\S+) -m opsmetrics (.+)$", unit, flags=re.M)[0]
    assert parser.build().parse_args(words.split()).port == int(PORT)
    folder = re.findall(r"^WorkingDirectory=(\S+)$", unit, flags=re.M)[0]
    assert python.startswith(f"{folder}/.venv/")
    state = re.findall(r"^StateDirectory=(\S+)$", unit, flags=re.M)[0]
    assert f"OPSMETRICS_STORE=/var/lib/{state}/" in unit


def imported(names: set[str]) -> set[str]:
    """First names of the modules that the Python files of these files and folders import."""
    files = [
        file for name in names for file in ((ROOT / name).rglob("*.py") if (ROOT / name).is_dir() else [ROOT / name])
    ]
    nodes = [node for file in files if file.suffix == ".py" for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    whole = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    parts = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in (*whole, *parts)}


def test_the_container_holds_all_that_the_app_needs() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", read("deploy/Containerfile"), flags=re.M)
    names = {name for line in copied for name in line.split()}
    assert {name for name in names if not (ROOT / name).exists()} == set()
    assert {"app.py", "navigation.py", "pages", ".streamlit", "requirements.txt"} <= names
    ours = {path.name.removesuffix(".py") for path in ROOT.iterdir()}
    assert (imported(names) & ours) - {name.removesuffix(".py") for name in names} == set()
    reached = {
        name for file in (ROOT / "opsmetrics").rglob("*.py") for name in re.findall(PLACE, file.read_text("utf-8"))
    }
    assert "static" in reached
    assert reached - names == {"data"}  # where the store lies unless OPSMETRICS_STORE says otherwise


def test_the_container_starts_the_app_on_its_port_and_asks_a_route_that_exists() -> None:
    text = read("deploy/Containerfile")
    command = json.loads(re.findall(r"^CMD (\[.+\])$", text, flags=re.M)[0])
    assert command[:5] == ["python", "-m", "streamlit", "run", "app.py"]
    assert f"--server.port={PORT}" in command
    assert set(re.findall(r"127\.0\.0\.1:8501(/\w+)", text)) <= known_routes()


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_proxies_keep_to_themselves_what_only_watchers_need(name: str) -> None:
    named = set(re.findall(r"healthz|readyz|metrics", read(f"deploy/{name}")))
    assert {f"/{word}" for word in named} == {route for route in known_routes() if not route.startswith("/api/")}
