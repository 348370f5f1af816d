"""``advisor eval …``: run, score, compare, report, peers, import, gate, check, calibrate. A thin shell over the suite."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress

from bot.settings import Settings
from evals import cases as casefiles
from evals import runs
from evals.scoring import Summary, score_all, summarise
from evals.sources import load_sources
from evals.types import Case, EvalError, Output, Scored

app = typer.Typer(help="评测：给答复打分，比较版本与同类做法。", no_args_is_help=True, add_completion=False)
console = Console()
T = TypeVar("T")

Cases = Annotated[Path | None, typer.Option("--cases", help="外部用例文件或目录，代替自带用例")]
PartName = Annotated[str, typer.Option("--part", help="dev、locked 或 all")]
Engine = Annotated[str | None, typer.Option("--engine", help="builtin 或 agent")]
Run = Annotated[Path | None, typer.Argument(help="结果目录；省略时用最近一次")]
Types = Annotated[list[str] | None, typer.Option("--type", help="只跑这些题型，可多次给出")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="最多跑多少题，均匀抽取")]


@contextmanager
def _friendly() -> Iterator[None]:
    """Our own errors become one line on stderr and exit code 2."""
    try:
        yield
    except EvalError as problem:
        Console(stderr=True).print(f"[bold red]不能继续：[/]{problem}", highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None


def chosen_cases(
    part: str, path: Path | None, types: Sequence[str] = (), limit: int | None = None
) -> tuple[tuple[Path, ...], tuple[Case, ...]]:
    """Files and checked cases of an option set. :raises EvalError: nothing to run."""
    files = casefiles.outside_files(path) if path else casefiles.case_files(part)
    cases = casefiles.select(casefiles.load_cases(files, load_sources().library), types, limit)
    if not cases:
        raise EvalError(f"没有题型为 {'、'.join(types)} 的用例。去掉 --type 再试。")
    return files, cases


@app.command()
def run(part: PartName = "all", cases: Cases = None, engine: Engine = None, type_: Types = None, limit: Limit = None,
        workers: Annotated[int, typer.Option(help="同时提问数；只对等待模型的引擎有用")] = 1,
        variants: Annotated[int, typer.Option(help="另外抽多少题测改写一致性")] = 0,
        output: Annotated[Path | None, typer.Option(help="结果目录的上级")] = None,
        report_: Annotated[bool, typer.Option("--report/--no-report", help="写 report.html")] = True) -> None:  # fmt: skip
    """跑用例、打分、写报告。"""
    with _friendly():
        files, chosen = chosen_cases(part, cases, type_ or (), limit)
        folder = generate_run(
            chosen, files, "outside" if cases else part, engine, workers, output, tuple(type_ or ()), limit, variants
        )
        show(score_run(folder, chosen))
        _warn_of_errors(folder)
        if report_:
            _write_report(folder, None)
        console.print(f"结果：{folder}")


def generate_run(cases: Sequence[Case], files: Sequence[Path], part: str, engine: str | None, workers: int = 1, output: Path | None = None,
                 types: tuple[str, ...] = (), limit: int | None = None, variants: int = 0) -> Path:  # fmt: skip
    """Answer the cases and write a run folder."""
    from evals.generation import generate, open_advisor
    from evals.variants import measure

    settings = Settings.from_environment().with_engine(engine or "builtin")  # a score never hangs on the environment
    advisor = open_advisor(settings)
    config = runs.describe(settings, part, files, engine, len(cases), casefiles.digest_of(cases)).model_copy(
        update={"types": types, "limit": limit}
    )
    folder = runs.create_folder(output)
    runs.write_config(folder, config)
    processes = (os.cpu_count() or 1) if engine in (None, "builtin") else 1
    started = perf_counter()
    runs.write_rows(folder / runs.OUTPUTS, _progress("作答", len(cases), generate(cases, advisor, engine, workers, processes)))
    runs.write_config(folder, config.model_copy(update={"seconds": perf_counter() - started}))
    if variants:
        sample = casefiles.select(cases, limit=variants)
        runs.write_rows(folder / runs.VARIANTS, _progress("改写", len(sample), measure(sample, advisor, engine)))
    return folder


def _progress(label: str, total: int, items: Iterator[T]) -> Iterator[T]:
    with Progress(console=console, transient=True) as bar:
        yield from bar.track(items, total=total, description=label)


def score_run(folder: Path, cases: Sequence[Case]) -> Summary:
    """Judge the outputs of a folder; writes ``scores.jsonl`` and ``summary.json``."""
    outputs = runs.read_rows(folder / runs.OUTPUTS, Output)
    rows = score_all(cases, outputs, load_sources())
    summary = summarise(rows, outputs)
    runs.write_rows(folder / runs.SCORES, rows)
    (folder / runs.SUMMARY).write_text(summary.model_dump_json(indent=1), encoding="utf-8")
    return summary


def cases_of(folder: Path, path: Path | None = None) -> tuple[Case, ...]:
    """The cases of a run as they are today. :raises EvalError: files gone or malformed."""
    files = casefiles.outside_files(path) if path else runs.resolve_files(runs.read_config(folder))
    return casefiles.load_cases(files, load_sources().library)


def _warn_of_errors(folder: Path) -> None:
    failed = [o for o in runs.read_rows(folder / runs.OUTPUTS, Output) if o.error]
    if failed:
        console.print(
            f"[bold red]{len(failed)} 题运行出错[/]，例如 {failed[0].case}：{failed[0].error}", highlight=False, soft_wrap=True
        )


def show(summary: Summary) -> None:
    """Print the tables of a run."""
    from evals.tables import metric_table, percent, slice_table, stage_line

    console.print(metric_table(summary))
    console.print(slice_table(summary))
    console.print(f"错在哪一步：{stage_line(summary.stages)}")
    console.print(
        f"作答覆盖率 {percent(summary.coverage)}，作答部分正确率 {percent(summary.selective_accuracy)}，AURC {summary.aurc:.3f}"
    )
    if summary.seconds:
        console.print(
            f"每题用时：p50 {summary.seconds['p50'] * 1000:.0f} ms，p95 {summary.seconds['p95'] * 1000:.0f} ms，共 {summary.seconds['total']:.0f} s"
        )


@app.command()
def score(run_: Run = None, cases: Cases = None) -> None:
    """不重跑，只重新打分（用例的标准答案或打分办法改过以后）。"""
    with _friendly():
        folder = runs.find_run(run_)
        show(score_run(folder, cases_of(folder, cases)))
        console.print(f"结果：{folder}")


@app.command()
def compare(before: Annotated[Path, typer.Argument(help="前一次的结果目录")], after: Run = None,
            strict: Annotated[bool, typer.Option("--strict", help="有显著变差或答错的新题就以 1 退出")] = False) -> None:  # fmt: skip
    """在共同用例上比较两次运行：配对检验、Holm、逐题变化。"""
    from evals.comparison import compare as compare_runs
    from evals.tables import comparison_table

    with _friendly():
        a, b = runs.find_run(before), runs.find_run(after)
        result = compare_runs(read_scores(a), read_scores(b), runs.read_config(a), runs.read_config(b))
        console.print(comparison_table(result))
        console.print(f"两次不同的东西：{'、'.join(result.digests) or '没有'}")
        titles = {"broken": "新答错", "fixed": "新答对", "reworded": "答复有变、对错不变"}
        for kind, title in titles.items():
            changed = [c for c in result.changes if c.kind == kind]
            console.print(f"{title} {len(changed)} 题" + ("：" if changed else ""), style="bold" if changed else "dim")
            for c in changed[:20]:
                console.print(
                    f"  {c.case}" + (f"  {c.before} → {c.after}" if kind != "reworded" else ""), highlight=False, soft_wrap=True
                )
        if result.regressions:
            console.print(f"显著变差：{'、'.join(result.regressions)}", style="bold red")
        if strict and (result.regressions or result.broken):
            raise typer.Exit(1)


def read_scores(folder: Path) -> tuple[Scored, ...]:
    """The judgements of a folder."""
    return runs.read_rows(folder / runs.SCORES, Scored)


@app.command()
def report(
    run_: Run = None, against: Annotated[Path | None, typer.Option(help="与哪次比较；省略时用上一次同类运行")] = None
) -> None:
    """写离线的 HTML 报告。"""
    with _friendly():
        console.print(f"报告：{_write_report(runs.find_run(run_, file=runs.SCORES), against)}")


def _write_report(folder: Path, against: Path | None) -> Path:
    from evals.report import write_report

    config = runs.read_config(folder)
    other = runs.find_run(against, file=runs.SCORES) if against else runs.previous_run(folder, config)
    return write_report(folder, cases_of(folder), other)


@app.command()
def peers(part: PartName = "all", cases: Cases = None, limit: Limit = None,
          run_: Annotated[Path | None, typer.Option("--run", help="取这次运行里本系统的答复，不重跑")] = None,
          only: Annotated[list[str] | None, typer.Option(help="只跑这些对照")] = None) -> None:  # fmt: skip
    """同一批用例上与常见做法、与去掉某一部分的自己比较。"""
    from evals.peers.table import COLUMNS, compare_peers
    from evals.tables import peer_table

    with _friendly():
        files, chosen = chosen_cases(part, cases, (), limit)
        folder = runs.find_run(run_) if run_ else generate_run(chosen, files, "outside" if cases else part, None, limit=limit)
        rows, skipped = compare_peers(chosen, folder, only or (), Settings.from_environment(), on_step=_step)
        for names in (COLUMNS[:4], COLUMNS[4:]):
            console.print(peer_table(rows, names))
        for name, reason in skipped.items():
            console.print(f"没有跑 {name}：{reason}", style="dim", markup=False, highlight=False)
        console.print(f"结果：{folder / 'peers.json'}")


def _step(name: str) -> None:
    console.print(f"正在跑 {name} …", style="dim")


@app.command()
def judge(run_: Run = None, limit: Limit = 200) -> None:
    """请语言模型另判一遍，并报告它与确定性打分的一致程度（κ）。它不作决定。"""
    import asyncio

    from evals.judge import TRUSTED, agreement, judge_all, open_judge

    with _friendly():
        folder = runs.find_run(run_, file=runs.SCORES)
        chosen = casefiles.select([c for c in cases_of(folder) if c.part != "locked"], limit=limit)
        opinions = asyncio.run(
            judge_all(chosen, runs.read_rows(folder / runs.OUTPUTS, Output), open_judge(Settings.from_environment()))
        )
        result = agreement(opinions, read_scores(folder))
        (folder / runs.JUDGE).write_text(result.model_dump_json(indent=1), encoding="utf-8")
        trust = "可作参考" if result.kappa >= TRUSTED else "不足以参考"
        console.print(
            f"{result.cases} 题有意见，{result.undecided} 题没有；一致 {result.agree:.1%}，κ = {result.kappa:.2f}（{trust}）"
        )
        console.print(f"意见不同：{'、'.join(result.differing[:30]) or '没有'}")


@app.command("import")
def import_(path: Annotated[Path, typer.Argument(help="坐席反馈的导出文件，每行一个 JSON")],
            output: Annotated[Path | None, typer.Option(help="候选用例文件")] = None) -> None:  # fmt: skip
    """把坐席标记的问题变成候选用例；人工核对之前不计入。"""
    from evals.flags import append_candidates, candidates, read_flags

    with _friendly():
        target = output or casefiles.ROOT / "candidates" / "flags.jsonl"
        found = candidates(read_flags(path), date.today())
        added = append_candidates(found, target)
        console.print(f"{len(found)} 条反馈，新增 {added} 条候选：{target}")
        console.print("逐条核对 gold 与 quote，把 part 改成 dev，移到 evals/cases/dev/ 后再运行：advisor eval check")


@app.command()
def gate(update: Annotated[bool, typer.Option("--update", help="把这次的成绩记为基线（底线不变）")] = False,
         run_: Annotated[Path | None, typer.Option("--run", help="用这次运行，不重跑")] = None) -> None:  # fmt: skip
    """dev 部分不得低于 baseline.json；低了以 1 退出。"""
    from evals import gate as gates

    with _friendly():
        baseline = gates.read_baseline()
        files, chosen = chosen_cases("dev", None)
        folder = runs.find_run(run_) if run_ else generate_run(chosen, files, "dev", baseline.engine)
        score_run(folder, casefiles.load_cases(runs.resolve_files(runs.read_config(folder)), load_sources().library))
        rows = [r for r in read_scores(folder) if r.part == "dev"]
        if update:
            changed = gates.updated(rows, baseline, date.today().isoformat())
            gates.BASELINE.write_text(changed.model_dump_json(indent=1) + "\n", encoding="utf-8")
            console.print(f"已记录 {len(changed.right)} / {len(rows)} 题答对：{gates.BASELINE}")
            return
        problems = gates.check(rows, baseline)
        for problem in problems:
            console.print(f"[bold red]未过：[/]{problem}", highlight=False, soft_wrap=True)
        console.print(f"{len(rows)} 题，{'没有通过' if problems else '通过'}。详情：advisor eval report {folder.name}")
        if problems:
            raise typer.Exit(1)


@app.command()
def check(part: PartName = "all", cases: Cases = None) -> None:
    """检查用例：格式、编号、条款、引文与原文。"""
    from collections import Counter

    with _friendly():
        files, found = chosen_cases(part, cases)
        library = load_sources().library
        covered = {m for c in found for m in c.gold.measures}
        missing = [m.id for d in library.documents.values() for m in d.numbered if m.id not in covered]
        console.print(f"{len(files)} 个文件，{len(found)} 个用例，全部合格。")
        console.print("，".join(f"{k} {n}" for k, n in Counter(c.type for c in found).most_common()))
        console.print(f"没有用例的条款 {len(missing)} 条" + (f"：{'、'.join(missing)}" if missing else "。"))


@app.command()
def calibrate(collect_: Annotated[bool, typer.Option("--collect/--refit", help="重新收集证据，或只用已存的样本重新拟合")] = True,
              write_: Annotated[bool, typer.Option("--write/--dry-run", help="写样本、权重和曲线，或只显示")] = True) -> None:  # fmt: skip
    """用 dev 用例拟合“文件能不能回答”的概率，写权重和风险–覆盖曲线。"""
    from bot.advisor import open_advisor
    from evals import calibrate as calibrating
    from evals.calibration import calibrate as fit

    with _friendly():
        samples = calibrating.read_samples() if not collect_ else ()
        if collect_:
            _, chosen = chosen_cases("dev", None)
            advisor = open_advisor(replace(Settings.from_environment(), journal=False))
            samples = tuple(_progress("收集", len(chosen), calibrating.collect(chosen, advisor)))
        result = fit(samples)
        console.print(calibrating.table(result), markup=False, highlight=False)
        if write_:
            calibrating.write(samples, result)


def main(arguments: Sequence[str] | None = None) -> Any:
    """Entry point for ``python -m evals.cli``."""
    command: Callable[..., Any] = app
    return command(arguments)


if __name__ == "__main__":
    main()
