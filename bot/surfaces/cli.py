"""``advisor``: the terminal door. Thin: every command calls the advisor and prints."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from bot.advisor import Advisor, open_advisor
from bot.errors import AdvisorError
from bot.settings import Settings
from bot.surfaces import batch as batches
from bot.surfaces import printing
from knowledge.errors import KnowledgeError

app = typer.Typer(
    name="advisor",
    help="就业政策顾问：查政策、看条件、算金额，每句话都有原文出处。",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True)

AsOf = Annotated[str | None, typer.Option("--as-of", help="适用日期，例如 2023-10-15；默认今天")]
Region = Annotated[str | None, typer.Option("--region", help="地区代码或名称，例如 370100 或 济南")]
Engine = Annotated[str | None, typer.Option("--engine", help="builtin 或 agent；默认取 ADVISOR_ENGINE，没有设置就用 builtin")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON（契约 1）")]


@contextmanager
def _opened(rebuild: bool = False, quiet: bool = False, engine: str | None = None) -> Iterator[Advisor]:
    """An advisor, with a progress bar while the index is being built."""
    settings = Settings.from_environment().with_engine(engine)
    with printing.index_progress(errors, quiet) as progress:
        advisor = open_advisor(settings, progress=progress, rebuild=rebuild)
    yield advisor


@app.command()
def ask(question: str, as_of: AsOf = None, region: Region = None, engine: Engine = None, as_json: AsJson = False) -> None:
    """问一个问题。"""
    with _opened(engine=engine) as advisor:
        answer = advisor.reply(advisor.start(region, as_of), question).answer
    if as_json:
        _json(answer.model_dump(mode="json"))
    else:
        printing.print_answer(Console(), answer)
    if answer.status == "refused":
        raise typer.Exit(2)


@app.command()
def chat(as_of: AsOf = None, region: Region = None, engine: Engine = None) -> None:
    """连续对话；输入 退出 结束，输入 新对话 重新开始。"""
    console = Console()
    with _opened(engine=engine) as advisor:
        conversation = advisor.start(region, as_of)
        console.print(f"[dim]{advisor.kit.replies('notice')}[/dim]")
        while True:
            try:
                question = console.input("[bold cyan]您：[/bold cyan]").strip()
            except (EOFError, KeyboardInterrupt):
                console.print()
                return
            if question in {"退出", "exit", "quit"}:
                return
            if question == "新对话":
                conversation = advisor.start(region, as_of)
                console.print("[dim]已开始新对话。[/dim]")
                continue
            reply = advisor.reply(conversation, question)
            conversation = reply.conversation
            printing.print_answer(console, reply.answer)


@app.command()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", help="返回几条，1 到 100")] = 10,
    as_of: AsOf = None,
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """检索条款，最相关的在前。"""
    with _opened() as advisor:
        hits = advisor.search(query, as_of, region, k)
    if as_json:
        _json(hits)
    else:
        printing.print_hits(Console(), hits)


@app.command()
def batch(
    source: Path,
    output: Annotated[Path, typer.Option("-o", "--output", help="结果文件；已有结果的编号会跳过")],
    engine: Engine = None,
    search_only: Annotated[bool, typer.Option("--search-only", help="只检索最后一句")] = False,
    k: Annotated[int, typer.Option("-k", help="检索条数")] = 10,
) -> None:
    """批量回答 JSONL：每行 {id, turns, as_of, region?}；中断后再运行会接着做。"""
    with _opened() as advisor:
        done = batches.run(advisor, source, output, engine=engine, search_only=search_only, k=k, console=errors)
    errors.print(f"完成 {done.written} 条，跳过 {done.skipped} 条，出错 {done.failed} 条 → {output}")
    if done.failed:
        raise typer.Exit(1)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址")] = None,
    port: Annotated[int | None, typer.Option(help="端口")] = None,
    engine: Engine = None,
) -> None:
    """打开网页和接口。"""
    from bot.surfaces.serving import serve_forever

    settings = Settings.from_environment()
    with _opened(engine=engine) as advisor:
        serve_forever(advisor, settings, host or settings.host, port or settings.port, errors)


@app.command()
def calc(
    benefit: str,
    facts: Annotated[list[str] | None, typer.Argument(help="情况，写成 名称=数值，例如 hires.graduating=6")] = None,
    as_of: AsOf = None,
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """测算一项待遇；几个城市都有的，用 --region 指明。"""
    pairs = {}
    for item in facts or []:
        name, sign, value = item.partition("=")
        if not sign or not name.strip():
            raise AdvisorError(
                f"「{item}」不对。请写成 名称=数值，例如 hires.graduating=6；可用的名称见 advisor benefits --json。"
            )
        pairs[name.strip()] = value.strip()
    with _opened() as advisor:
        result = advisor.calculate(benefit, pairs, as_of, region)
    if as_json:
        _json(result)
    else:
        printing.print_calculation(Console(), result)


@app.command()
def benefits(region: Region = None, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """列出待遇事项。"""
    with _opened() as advisor:
        views = advisor.benefits(region, as_of)
        inputs = {v.id: advisor.benefit_inputs(v.id) for v in views} if as_json else {}
    if as_json:
        _json([{**printing.benefit_row(v), "inputs": inputs[v.id]} for v in views])
    else:
        printing.print_benefits(Console(), views)


@app.command()
def ingest(
    paths: list[Path],
    title: Annotated[str | None, typer.Option(help="标题；默认取文中的标题")] = None,
    doc_no: Annotated[str | None, typer.Option("--doc-no", help="发文字号")] = None,
    issuer: Annotated[str | None, typer.Option(help="发文机关")] = None,
    region: Region = None,
    issued: Annotated[str | None, typer.Option(help="印发日期；默认取落款日期")] = None,
    valid_until: Annotated[str | None, typer.Option("--valid-until", help="整份文件的有效期")] = None,
    document_id: Annotated[str | None, typer.Option("--id", help="文件编号，例如 zibo-2024-3")] = None,
) -> None:
    """读入新文件（txt、md、html、pdf、docx），解析成条款并更新索引。"""
    from bot.surfaces.ingesting import ingest_files

    settings = Settings.from_environment()
    overrides = {
        "title": title,
        "doc_no": doc_no,
        "issuer": issuer,
        "region": region,
        "issued": issued,
        "valid_until": valid_until,
        "id": document_id,
    }
    failures = ingest_files(settings, paths, {k: v for k, v in overrides.items() if v}, Console())
    with _opened():
        pass
    if failures:
        raise typer.Exit(1)


@app.command()
def check(as_json: AsJson = False) -> None:
    """核对文件、条款、要点和待遇数据：每个数字都要在原文里。"""
    from knowledge.checks import run_checks

    report = run_checks(Settings.from_environment().home)
    if as_json:
        _json(report.to_json())
    else:
        printing.print_check(Console(), report)
    if report.problems:
        raise typer.Exit(1)


@app.command()
def doctor(rebuild: Annotated[bool, typer.Option("--rebuild", help="重建索引")] = False) -> None:
    """检查本机环境、索引和日志。"""
    from bot.surfaces.diagnosis import diagnose

    if rebuild:
        with _opened(rebuild=True):
            pass
    ok = diagnose(Settings.from_environment(), Console())
    if not ok:
        raise typer.Exit(1)


def _json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _with_evals() -> None:
    """Mount ``advisor eval``. By name: imports go down, and evals stand above the bot."""
    if "eval" in sys.argv[1:2] or "--help" in sys.argv[1:2] or "--show-completion" in sys.argv:
        try:
            app.add_typer(importlib.import_module("evals.cli").app, name="eval", help="评测答复质量。")
        except ImportError as problem:
            errors.print(f"[yellow]评测组件不可用：{problem}[/yellow]")


def main() -> None:
    """Entry point: expected errors become one message and exit code 1."""
    _with_evals()
    guard(app)


def guard(command: Callable[[], None]) -> None:
    """Run a command; errors raised on purpose are printed without a traceback."""
    try:
        command()
    except (KnowledgeError, AdvisorError) as problem:
        errors.print(f"[red]出错：[/red]{escape(str(problem))}", highlight=False)
        raise SystemExit(1) from None
    except OSError as problem:
        what = escape(f"{problem.filename or ''} {problem.strerror or problem}".strip())
        errors.print(f"[red]出错：[/red]{what}。请检查磁盘空间和目录权限，再运行 advisor doctor", highlight=False)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
