"""What the guides show can be typed as it stands there."""

from __future__ import annotations

import re

import pytest

from opsmetrics.catalog import check
from opsmetrics.cli import parser
from opsmetrics.ingest import Template
from tests.paths import ROOT

PAGES = ("README.md", "docs/getting-started.md", "docs/cli.md")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language ('' for none)."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [body for found, body in re.findall(r"```(\w*)\n(.*?)```", text, flags=re.S) if found == language]


def typed(page: str) -> list[list[str]]:
    """The command lines of a page as words, without prompts, comments and files to be filled in."""
    lines = [line.strip() for body in blocks(page, "") for line in body.splitlines()]
    found = [line.removeprefix("$ ").split("  #")[0] for line in lines]
    commands = [
        line.removeprefix("python -m opsmetrics ") for line in found if line.startswith("python -m opsmetrics ")
    ]
    return [re.findall(r'"[^"]*"|\S+', command) for command in commands if "COMMAND" not in command]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_are_in_the_grammar(page: str) -> None:
    commands = typed(page)
    assert commands
    for words in commands:
        assert parser.build().parse_args([word.strip('"') for word in words])


@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_the_definitions_are_sound(page: str) -> None:
    problems, _ = check(blocks(page, "toml")[0])
    assert problems == ()


def test_the_template_is_sound() -> None:
    template = Template.load(blocks("docs/getting-started.md", "toml")[1])
    assert template.dimensions == {"line": "Anlage"}


@pytest.mark.parametrize("page", [*PAGES, "ARCHITECTURE.md", "CHANGELOG.md", "data/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (folder / link).exists()] == []
