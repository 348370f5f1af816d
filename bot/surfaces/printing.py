"""Answers and tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.advisor import BenefitView
from bot.replies import load_replies
from bot.types import Answer, Citation

if TYPE_CHECKING:
    from knowledge.checks import Report
    from knowledge.texts.index import Progress as OnProgress

_VALIDITY = {"in_force": "有效", "open": "未写期限", "expired": "已到期", "not_yet_issued": "尚未施行"}


@contextmanager
def index_progress(console: Console, quiet: bool = False) -> Iterator[OnProgress | None]:
    """A progress bar that appears only when the index is being built."""
    if quiet:
        yield None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    tasks: dict[str, Any] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if not tasks:
            console.print("首次使用或内容有更新，正在建立索引……")
            bar.start()
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done, total=total)

    try:
        yield advance
    finally:
        if tasks:
            bar.stop()


def validity_badge(c: Citation, as_of: date) -> str:
    """「有效，到 2023-12-31」."""
    if c.in_force is None:
        return "文件未写期限"
    if c.in_force:
        return f"有效，到 {c.valid_until}" if c.valid_until else "有效"
    return f"已到期（{c.valid_until}）" if c.valid_until and c.valid_until < as_of else "尚未印发"


def print_answer(console: Console, answer: Answer) -> None:
    """An answer with its status, its text, and its sources."""
    replies = load_replies()
    label, colour = replies(f"status.{answer.status}.label"), replies(f"status.{answer.status}.colour")
    console.print(
        Panel(
            Markdown(answer.text), title=f"[{colour}]{label}[/{colour}]", subtitle=f"适用日期 {answer.as_of}", border_style=colour
        )
    )
    for c in answer.citations:
        number = f"（{c.doc_no}）" if c.doc_no else ""
        source = escape(
            f"《{c.title}》{number} {c.label} · {c.issuer} · {c.issued or '印发日期文中未写'} · {validity_badge(c, answer.as_of)}"
        )
        console.print(f"[bold]\\[{c.n}][/bold] {source}", highlight=False)
    for w in answer.warnings:
        console.print(f"[yellow]注意：[/yellow]{escape(w.text)}", highlight=False)
    for step in answer.next_steps:
        console.print(f"[dim]下一步：{escape(step)}[/dim]", highlight=False)


def print_hits(console: Console, hits: Sequence[dict[str, Any]]) -> None:
    """Search results as a table."""
    table = Table("分数", "条款", "内容", show_lines=True)
    for hit in hits:
        table.add_row(f"{hit['score']:.2f}", escape(f"{hit['measure']}\n{hit['label']}"), escape(hit["passage"][:160]))
    console.print(table if hits else "没有找到相关条款。")


def print_calculation(console: Console, result: dict[str, Any]) -> None:
    """A calculation with its steps and clauses."""
    c = result["calculation"]
    if result["validity"] in ("expired", "not_yet_issued"):  # before the sum: nobody gets it on that day
        console.print(f"[bold red]{_VALIDITY[result['validity']]}，以下只是条款的标准[/bold red]")
    if c["amount"] is not None and not result["failing"]:
        most = "最高 " if c["is_maximum"] else ""
        console.print(f"[bold]{c['name']}：{most}{c['amount']} {c['unit']}[/bold]")
    elif result["failing"]:
        console.print(f"[bold]{c['name']}：不符合条件[/bold]——{result['failing']}")
    elif result["open"]:
        console.print(f"[bold]{c['name']}[/bold]：{result['open']}")
    elif c["low"] is not None:
        console.print(f"[bold]{c['name']}：{c['low']} 到 {c['high']} {c['unit']}[/bold]")
    for step in c["steps"]:
        console.print(f"  {step['text']} = {step['value']} {step['unit']}")
    for condition in result["eligibility"]["conditions"]:
        mark = {"met": "✓", "unmet": "✗", "unknown": "？"}[condition["verdict"]]
        console.print(f"  {mark} {condition['text']}")
    for missing in result["missing"]:
        console.print(f"[blue]还需要：{missing['question']}（{missing['fact']}）[/blue]")
    for citation in result["citations"]:
        console.print(
            f"[dim]\\[{citation['n']}] 《{citation['title']}》{citation['label']}：“{citation['quote']}”[/dim]", highlight=False
        )
    console.print(f"[dim]期限：{_VALIDITY[result['validity']]}[/dim]")


def benefit_row(view: BenefitView) -> dict[str, Any]:
    """A benefit as JSON."""
    return {
        "id": view.id, "name": view.name, "summary": view.summary, "measure": view.measure, "region": view.region,
        "audience": list(view.audience), "kind": view.kind, "until": view.until.isoformat() if view.until else None, "validity": view.validity,
    }  # fmt: skip


def print_benefits(console: Console, views: Sequence[BenefitView]) -> None:
    """Benefits as a table."""
    table = Table("编号", "名称", "条款", "期限", "说明")
    for v in views:
        table.add_row(v.id, v.name, v.measure, f"{_VALIDITY[v.validity]}{' ' + str(v.until) if v.until else ''}", v.summary)
    console.print(table)


def print_check(console: Console, report: Report) -> None:
    """The check report."""
    table = Table("文件", "条款", "要点", "待遇")
    for row in report.documents:
        table.add_row(row.id, str(row.measures), str(row.points), str(row.benefits))
    console.print(table)
    for problem in report.problems:
        console.print(f"[red]✗[/red] {escape(problem)}", highlight=False)
    measures = ", ".join(str(row.measures) for row in report.documents)
    console.print(
        f"{len(report.documents)} documents, {sum(r.measures for r in report.documents)} measures ({measures}), {len(report.problems)} problems"
    )
