"""The house rules, as a test: floors, one library at one address, small files, no policy in Python, an honest file map."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.file_map import draw

HOUSES = ("knowledge", "bot", "evals")
MODULES = sorted(p for house in HOUSES for p in (ROOT / house).rglob("*.py"))
TEXTS = [
    *sorted(
        p
        for p in ROOT.rglob("*")
        if p.is_file()
        and p.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".cfg", ".sh", ".json", ".js", ".css", ".html"}
        and not any(
            part.startswith(".") or part in {"build", "results", "node_modules"} or part.endswith(".egg-info")
            for part in p.relative_to(ROOT).parts
        )
    ),
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
]

# library → the modules that import it, exactly: a rule that allows more than there is guards nothing
ADDRESSES = {
    "chromadb": {"knowledge/texts/vectors.py"},
    "tiktoken": {"knowledge/texts/chunking.py"},
    "sentence_transformers": {"knowledge/texts/encoders.py"},
    "torch": {"knowledge/texts/training.py"},
    "langchain": {"bot/engines/agent/memory.py", "bot/engines/agent/middleware.py", "bot/engines/agent/runtime.py", "bot/tools.py"},
    "langchain_core": {"bot/chat_model.py", "bot/engines/agent/memory.py", "bot/engines/agent/middleware.py", "bot/engines/agent/runtime.py"},
    "langchain_openai": {"bot/chat_model.py"},
    "langgraph": {"bot/engines/agent/memory.py", "bot/engines/agent/middleware.py"},
    "openai": {"bot/chat_model.py"},
    "gradio": {"bot/surfaces/app.py", "bot/surfaces/web.py"},
    "fastapi": {"bot/surfaces/app.py"},
    "uvicorn": {"bot/surfaces/serving.py"},
    "typer": {"bot/surfaces/cli.py", "evals/cli.py"},
    "pypdf": {"knowledge/texts/readers.py"},
    "docx": {"knowledge/texts/readers.py"},
    "opencc": {"evals/variants.py"},
    "cn2an": {"knowledge/numerals.py"},
    "simpleeval": {"knowledge/rules/intervals.py"},
    "sqlite3": {"bot/journal.py", "bot/surfaces/diagnosis.py"},
    "filelock": {"knowledge/texts/index.py"},
}  # fmt: skip
MAX_LINES = 400
MAX_FUNCTION = 60
POLICY_FIGURE = re.compile(r"\d(?:\s?[万亿千百])?\s?元|[一二两三四五六七八九十][百千万亿]?元")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[str]:
    """The top-level names of everything a module imports, also inside functions and by name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"importlib.import_module", "import_module", "__import__"}
            and node.args
        ) and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value).split(".")[0]


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 80
    assert len(TEXTS) > 150


def test_the_floors_hold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The import-linter contracts of pyproject.toml, run in this process."""
    from importlinter.cli import lint_imports

    monkeypatch.chdir(ROOT)
    code = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    report = capsys.readouterr().out
    assert code == 0, report
    assert "0 broken" in report
    kept = re.search(r"(\d+) kept", report)
    assert kept is not None
    assert int(kept[1]) >= 4


@pytest.mark.parametrize("library", sorted(ADDRESSES))
def test_one_library_at_one_address(library: str) -> None:
    assert {name_of(p) for p in MODULES if library in imports_of(p)} == ADDRESSES[library]


def test_the_settings_are_read_at_one_place() -> None:
    """``ADVISOR_…`` in the settings only; the others speak to libraries (telemetry, caches) and to a child process."""
    readers = {
        name_of(p)
        for p in MODULES
        if re.search(r"\bos\.(environ|getenv)\b", p.read_text(encoding="utf-8"))
        and p.relative_to(ROOT).parts[0] in ("bot", "knowledge")
    }
    assert readers == {
        "bot/settings.py",
        "bot/surfaces/web.py",
        "knowledge/texts/chunking.py",
        "knowledge/texts/index.py",
        "knowledge/texts/vectors.py",
    }
    named = {name_of(p) for p in MODULES if re.search(r"environ[^\n]*ADVISOR_", p.read_text(encoding="utf-8"))}
    assert named == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_LINES
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module says in its first line what it is for"


def test_functions_are_small() -> None:
    long = [
        f"{name_of(p)}:{node.name} {node.end_lineno - node.lineno + 1}"
        for p in MODULES
        for node in ast.walk(tree_of(p))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno >= MAX_FUNCTION
    ]
    assert long == []


def strings_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every string in a module with its line, docstrings left out; the fixed parts of f-strings with ‹› for the rest."""
    tree = tree_of(path)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(v.value) if isinstance(v, ast.Constant) else "‹›" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation | inside:
            yield node.lineno, node.value


def test_no_policy_figure_in_python() -> None:
    """Amounts belong to knowledge/data; a sum of 元 in a string of the program is a policy fact in code."""
    own = [p for p in MODULES if name_of(p).startswith(("knowledge/", "bot/"))]
    found = [f"{name_of(p)}:{line} {text[:60]}" for p in own for line, text in strings_of(p) if POLICY_FIGURE.search(text)]
    assert found == []


def test_the_figure_pattern_knows_a_figure() -> None:
    assert all(POLICY_FIGURE.search(t) for t in ("每人1000元", "3 万元", "最高20万元", "两千元", "5百元", "1,000元"))
    assert not any(POLICY_FIGURE.search(t) for t in ("‹›元", "{amount} 元", r"\d+元", "第3条", "12333", "100 字", "元/人|万元"))


def test_no_document_is_named_in_the_program() -> None:
    """文号 and document ids are data; an id may stand in an example of a message."""
    found = [
        f"{name_of(p)}:{line} {text[:60]}"
        for p in MODULES
        for line, text in strings_of(p)
        if re.search(r"[\u4e00-\u9fff]〔20\d\d〕\d+号", text)
    ]
    assert found == []


# What must stand in no file: where this was made, and hosts that only exist there.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"/ho" r"me/[a-z]",
            r"/Us" r"ers/[A-Za-z]",
            r"/ro" r"ot/",
            r"/wo" r"rk/",
            r"[A-Z]:\\\\Us" r"ers",
            r"https?://(?!127\.0\.0\.1|localhost|www\.|[\w.-]*(?:github\.com|python\.org|w3\.org|apache\.org|example\.|gov\.cn|arxiv\.org|aclanthology\.org|huggingface\.co))[\w-]*"
            r"(?:art" r"ifactory|nex" r"us|mirr" r"or|reg" r"istry|proxy)",
        )
    )
)  # fmt: skip


def test_no_path_of_a_machine_and_no_registry_host() -> None:
    found = [
        f"{name_of(p)}: {m.group()}" for p in TEXTS for m in FORBIDDEN.finditer(p.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_no_unfinished_work_and_no_silenced_checks() -> None:
    words = re.compile("TO" r"DO|FIX" r"ME|XX" r"X\b|for n" r"ow\b|type: ign" r"ore|pytest\.s" r"kip|NotImplementedE" r"rror")
    found = [
        f"{name_of(p)}:{i}: {line.strip()[:80]}"
        for p in MODULES
        for i, line in enumerate(p.read_text(encoding="utf-8").split("\n"), 1)
        if words.search(line)
    ]
    assert found == []


def test_the_readme_file_map_equals_the_tree() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", readme, re.M | re.S)
    maps = [b.rstrip("\n") for b in blocks if b.startswith("knowledge/")]
    assert len(maps) == 1, "README.md holds one fenced file map that begins with knowledge/"
    shown, drawn = maps[0].split("\n"), draw().split("\n")
    assert [line for line in shown if line not in drawn] == [], "python -m tests.file_map prints the map"
    assert [line for line in drawn if line not in shown] == [], "python -m tests.file_map prints the map"
    assert shown == drawn


def test_the_file_map_leaves_no_module_out() -> None:
    drawn = draw()
    named = {line.split()[0] for line in drawn.split("\n") if line.startswith("  ")}
    silent = {
        p
        for p in MODULES
        if p.name != "__init__.py" and p.relative_to(ROOT / p.relative_to(ROOT).parts[0]).as_posix() not in named
    }
    assert {name_of(p) for p in silent} == set()


def test_every_prompt_and_data_file_is_packaged_where_the_code_looks() -> None:
    from bot.replies import PROMPTS
    from knowledge.base import DATA

    assert (PROMPTS / "replies.yaml").is_file()
    assert {p.name for p in DATA.iterdir()} >= {"documents", "points", "benefits", "questions", "lexicon", "encoder"}
    size = sum(p.stat().st_size for p in (DATA / "encoder").rglob("*") if p.is_file())
    assert size <= 20 * 2**20
