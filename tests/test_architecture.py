"""The walls of the house, read from ARCHITECTURE.md and checked against the code by its syntax trees."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.paths import ROOT

PACKAGE = ROOT / "opsmetrics"
RIM = ("pages", "navigation", "app")  # what lies beside the package
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES = 350, 60, 12


@dataclass(frozen=True)
class Row:
    """One row of the import table: what a module may import, and the libraries that it may use among the owned."""

    imports: frozenset[str]
    libraries: frozenset[str]


def import_table(text: str) -> dict[str, Row]:
    """The table under "Who may import whom": modules and libraries are the words in code quotes."""
    section = text.split("## Who may import whom", 1)[1].split("\n## ", 1)[0]
    rows: dict[str, Row] = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        names = re.findall(r"`([\w.]+)`", cells[0]) if line.startswith("|") and len(cells) == 3 else []
        for name in names:
            rows[name] = Row(*(frozenset(re.findall(r"`([\w.]+)`", cell)) for cell in cells[1:]))
    return rows


TABLE = import_table((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
OWNED = frozenset().union(*(row.libraries for row in TABLE.values()))


def sources() -> Iterator[tuple[str, Path]]:
    """(module of the table, file) for each Python file of the package and its rim."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield {"__init__": "", "__main__": "cli"}.get(parts[0], parts[0]), path
    for name in RIM:
        folder = ROOT / name
        yield from ((name, path) for path in sorted(folder.rglob("*.py")))
        if folder.with_suffix(".py").exists():
            yield name, folder.with_suffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """The dotted name of each module that the tree imports, `from package import name` as package.name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports name their package in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def crimes(module: str, tree: ast.AST) -> list[str]:
    """The imports of one file of `module` that the table does not allow."""
    row = TABLE[module]
    found = []
    for name in imported(tree):
        top, *rest = name.split(".")
        if top == "opsmetrics" and rest and rest[0] in TABLE:
            if rest[0] != module and rest[0] not in row.imports:
                found.append(f"{module} imports opsmetrics.{rest[0]}")
        elif top in OWNED and top not in row.libraries:
            found.append(f"{module} imports {top}")
    return found


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for _, path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its `def` on, the docstring left out."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


# The table


def test_the_table_names_every_module_and_no_other() -> None:
    in_code = {module for module, _ in sources()} - {""}
    assert in_code == set(TABLE)


def test_the_table_only_speaks_of_modules_that_it_names() -> None:
    assert {name for row in TABLE.values() for name in row.imports} <= set(TABLE)


@pytest.mark.parametrize("module", sorted(TABLE))
def test_imports_stay_inside_the_table(module: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {crime}"
        for owner, path in sources()
        if owner == module
        for crime in crimes(module, ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_the_table_has_no_way_round() -> None:
    """No module reaches itself through what it may import."""

    def reach(module: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        for name in TABLE[module].imports - seen:
            seen |= {name} | reach(name, seen | {name})
        return seen

    assert [module for module in TABLE if module in reach(module)] == []


def test_the_check_sees_a_forbidden_import() -> None:
    planted = "import ibis\nfrom opsmetrics import store\nfrom opsmetrics.ui import row\nimport numpy"
    assert crimes("stats", ast.parse(planted)) == [
        "stats imports ibis",
        "stats imports opsmetrics.store",
        "stats imports opsmetrics.ui",
    ]


def test_statistics_load_no_database_no_drawing_and_no_server() -> None:
    program = (
        "import sys, opsmetrics.stats\nprint(sorted({'streamlit', 'duckdb', 'ibis', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_no_database() -> None:
    """Help and wrong usage answer at once: the command line imports the engines only to run a command."""
    program = (
        "import sys, opsmetrics.cli\n"
        "assert opsmetrics.cli.main(['--help']) == 0\n"
        "print(sorted({'streamlit', 'duckdb', 'ibis', 'plotly', 'pandas'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


# Size and words


def test_files_stay_short() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for _, path in sources()}
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_stay_short() -> None:
    assert [name for name, node in functions() if length(node) > FUNCTION_LINES] == []


def test_the_median_function_is_small() -> None:
    assert statistics.median(length(node) for _, node in functions()) < MEDIAN_LINES


def test_everything_public_says_what_it_is() -> None:
    """Every module, and every public function and class of the package, has a docstring."""
    silent = []
    for _, path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes: list[ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = [tree] if tree.body else []
        nodes += [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        silent += [
            f"{path.relative_to(ROOT)}: {getattr(node, 'name', 'module')}"
            for node in nodes
            if ast.get_docstring(node) is None
        ]
    assert silent == []


def test_the_architecture_page_stays_one_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 120


# Nobody but the store touches the database file: opening and closing it elsewhere in the owner's process drops
# DuckDB's lock, and a second process could then write into a file that is in use.

FILE_VERBS = frozenset(
    {"open", "read_bytes", "read_text", "write_bytes", "write_text", "touch", "truncate", "connect"}
    | {"copy", "copy2", "copyfile", "copyfileobj", "copytree", "move", "rename", "unlink", "remove"}
    | {"link", "symlink", "hardlink_to", "symlink_to"}
)
ALLOWED_OPENERS = frozenset({"Store.open", "store.Store.open", "store.own", "own", "Desk.open", "cls.open"})
STORE_PATH = re.compile(r"(.*\.)?(settings(_of\(\w+\))?\.store|store_path|database(_path)?|.*\.duckdb['\"]?)$")


def touches(tree: ast.AST) -> list[str]:
    """The calls that open a file under an expression that means the store's path, or connect DuckDB to any file."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = ast.unparse(node.func)
        if function in ALLOWED_OPENERS or function.split(".")[-1] not in FILE_VERBS:
            continue
        receiver = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        words = [receiver, *(ast.unparse(argument) for argument in [*node.args, *(k.value for k in node.keywords)])]
        scratch = not node.args or ast.unparse(node.args[0]) == "':memory:'"
        if any(STORE_PATH.match(word) for word in words) or (function == "duckdb.connect" and not scratch):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def test_only_the_store_opens_the_stores_file() -> None:
    found = [
        f"{path.relative_to(ROOT)} {crime}"
        for module, path in sources()
        if module != "store"
        for crime in touches(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "open(settings.store)",
        "settings.store.read_bytes()",
        "shutil.copyfile(self.settings.store, target)",
        "duckdb.connect(path)",
        "duckdb.connect('data/opsmetrics.duckdb', read_only=True)",
    ],
)
def test_the_lint_sees_a_hand_on_the_stores_file(planted: str) -> None:
    assert len(touches(ast.parse(planted))) == 1


def test_the_lint_lets_the_scratch_database_pass() -> None:
    assert touches(ast.parse("duckdb.connect()\nduckdb.connect(':memory:')\nsettings.store.exists()")) == []
