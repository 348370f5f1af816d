"""``advisor doctor``: what works on this machine, what does not, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.markup import escape

from bot.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.texts.index import verify

LIBRARIES = ("chromadb", "langchain", "gradio", "sentence-transformers", "tiktoken", "torch", "numpy")
MIN_FREE_MB = 200


def diagnose(settings: Settings, console: Console) -> bool:
    """Run every test; print one line each; return whether all passed."""
    tests: list[tuple[str, Callable[[], str]]] = [
        ("Python", lambda: f"{platform.python_version()} {platform.machine()}"),
        ("组件", _libraries),
        ("数据目录", lambda: _home(settings)),
        ("索引", lambda: _index(settings)),
        ("日志", lambda: _journal(settings)),
        (
            "语言模型",
            lambda: f"{settings.llm_model} @ {settings.llm_base_url}" if settings.agent_available else "未配置，使用内置引擎",
        ),
    ]
    passed = True
    for name, test in tests:
        try:
            console.print(f"[green]✓[/green] {name}：{escape(test())}", highlight=False)
        except (KnowledgeError, OSError, sqlite3.Error, PackageNotFoundError) as problem:
            passed = False
            console.print(f"[red]✗[/red] {name}：{escape(str(problem))}", highlight=False)
    return passed


def _libraries() -> str:
    return "，".join(f"{name} {version(name)}" for name in LIBRARIES)


def _home(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.home, os.W_OK):
        raise OSError(f"{settings.home} 不能写。请用 ADVISOR_HOME 指定可写的目录。")
    free = shutil.disk_usage(settings.home).free // 2**20
    if free < MIN_FREE_MB:
        raise OSError(f"{settings.home} 只剩 {free} MB，至少要 {MIN_FREE_MB} MB。请腾出空间。")
    return f"{settings.home}，剩余 {free} MB"


def _index(settings: Settings) -> str:
    pointer = settings.home / "index" / "CURRENT"
    if not pointer.is_file():
        raise OSError("还没有索引。运行：advisor doctor --rebuild")
    folder = settings.home / "index" / pointer.read_text(encoding="utf-8").strip()
    verify(folder, settings.encoder)
    return f"{folder.name}，已核验"


def _journal(settings: Settings) -> str:
    path = settings.home / "journal.sqlite"
    if not path.is_file():
        return "还没有记录"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        state = connection.execute("pragma quick_check").fetchone()[0]
        rows = connection.execute("select count(*) from turn").fetchone()[0]
    if state != "ok":
        raise sqlite3.Error(f"{path} 损坏（{state}）。请移走这个文件，程序会新建一个。")
    return f"{rows} 条记录"
