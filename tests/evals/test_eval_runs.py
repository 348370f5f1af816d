"""From answers to a report, with a scripted advisor: run, rescore, compare, gate, report, import."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import evals.generation
from evals import gate as gates
from evals import generation, runs
from evals.cases import case_files, load_cases
from evals.cli import app
from evals.comparison import compare
from evals.generation import answer_case, generate
from evals.scoring import score_all, summarise
from evals.scripted import ScriptedAdvisor, answer_of
from evals.sources import Sources, load_sources
from evals.types import Case, EvalError, Output, Scored
from evals.variants import measure, variants_of

RUNNER = CliRunner()


def right_row(case: Case) -> dict[str, Any]:
    """An answer that has all of the gold: the quotes of its measures, its facts and amounts."""
    library = load_sources().library
    cites = (
        [[m, library.measures[m].text[:30]] for m in case.gold.measures] if case.gold.status in ("answered", "needs_info") else []
    )
    marks = "".join(f"[{i}]" for i in range(1, len(cites) + 1))
    text = "；".join(n[0] for n in case.gold.nuggets) or (
        "现有文件没有写。" if case.gold.status != "refused" else "不能帮这个忙。"
    )
    steps = [["条款标准", a.value, 1 if cites else None] for a in case.gold.amounts]
    calcs = [{"amount": a.value, "unit": a.unit, "steps": [s]} for a, s in zip(case.gold.amounts, steps, strict=True)]
    return {"status": case.gold.status, "text": text + marks, "cites": cites, "calcs": calcs,
            "missing": ["x"] if case.gold.status == "needs_info" else [], "warnings": [["expired", "期限已过"]]}  # fmt: skip


def after_row(case: Case) -> dict[str, Any]:
    assert case.after is not None
    return {"status": case.after.status, "text": "；".join(n[0] for n in case.after.nuggets) or "好",
            "calcs": [{"amount": a.value, "unit": a.unit, "steps": []} for a in case.after.amounts]}  # fmt: skip


def oracle(cases: tuple[Case, ...], sources: Sources, spoil: frozenset[str] = frozenset()) -> ScriptedAdvisor:
    """An advisor that knows the gold; ``spoil`` names cases whose figures it gets wrong."""
    answers, hits = {}, {}
    for case in cases:
        row = right_row(case)
        if case.id in spoil:
            row = {**row, "text": "说不清。"}
        for turn in case.turns:
            answers[turn] = answer_of(case, row, sources, turn)
            hits[turn] = tuple(dict.fromkeys((*case.gold.measures, *case.gold.acceptable)))
        if case.gold.reply:
            answers[case.gold.reply] = answer_of(case, after_row(case), sources, case.gold.reply)
    return ScriptedAdvisor(answers, hits)


@pytest.fixture(scope="module")
def dev() -> tuple[Case, ...]:
    """Dev cases whose last message is theirs alone (the script answers by message)."""
    cases = load_cases(case_files("dev"), load_sources().library)
    said = [t for c in cases for t in (*c.turns, c.gold.reply) if t]
    return tuple(c for c in cases if all(said.count(t) == 1 for t in (*c.turns, c.gold.reply) if t))


def test_the_oracle_is_always_right(dev: tuple[Case, ...]) -> None:
    sources = load_sources()
    rows = score_all(dev, generate(dev, oracle(dev, sources)), sources)
    assert [(r.case, r.scores["strict"].explanation) for r in rows if r.strict != 1] == []
    summary = summarise(rows)
    for name in ("strict", "verbatim", "abstention", "amount_accuracy", "recall_10", "mrr", "ndcg", "attack_blocked"):
        assert summary.metrics[name].value == 1, name
    for name in ("false_refusal", "wrong_amount", "wrong_document"):
        assert summary.metrics[name].value == 0, name
    assert summary.stages == {}


def test_threads_keep_the_order(dev: tuple[Case, ...]) -> None:
    some = dev[:12]
    advisor = oracle(some, load_sources())
    one, many = list(generate(some, advisor)), list(generate(some, advisor, workers=4))
    assert [o.case for o in one] == [o.case for o in many] == [c.id for c in some]
    with pytest.raises(EvalError, match="--workers"):
        list(generate(some, advisor, workers=0))


def test_processes_keep_the_order_and_the_answers(dev: tuple[Case, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "WORTH_FORKING", 2)
    some = dev[:12]
    advisor = oracle(some, load_sources())
    one, many = list(generate(some, advisor)), list(generate(some, advisor, processes=2))
    assert [(o.case, [a.text for a in o.answers]) for o in one] == [(o.case, [a.text for a in o.answers]) for o in many]


def test_a_crash_is_a_result(dev: tuple[Case, ...]) -> None:
    class Broken(ScriptedAdvisor):
        def reply(self, *args: Any, **more: Any) -> Any:
            raise RuntimeError("boom")

    output = answer_case(dev[0], Broken({}))
    assert output.error == "RuntimeError: boom"
    (row,) = score_all(dev[:1], [output], load_sources())
    assert (row.stage, row.strict) == ("error", 0)


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dev: tuple[Case, ...]) -> Path:
    """Results under a temporary folder, the production advisor replaced by the oracle."""
    monkeypatch.setattr(runs, "RESULTS", tmp_path / "results")
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(evals.generation, "open_advisor", lambda settings=None: oracle(dev, load_sources()))
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(c.model_dump_json() + "\n" for c in dev), encoding="utf-8")
    return path


def newest(at: Path) -> Path:
    return sorted((at.parent / "results").glob("*"))[-1]


def test_run_score_report(at: Path) -> None:
    result = RUNNER.invoke(app, ["run", "--cases", str(at), "--limit", "40", "--variants", "2"])
    assert result.exit_code == 0, result.output
    folder = newest(at)
    assert {p.name for p in folder.iterdir()} == {
        "config.json",
        "outputs.jsonl",
        "scores.jsonl",
        "summary.json",
        "variants.jsonl",
        "report.html",
    }
    config = runs.read_config(folder)
    assert config.cases == 40
    assert all(config.digests[k] for k in ("用例", "政策数据", "提示与答复用语", "程序"))
    before = (folder / "scores.jsonl").read_bytes()
    assert RUNNER.invoke(app, ["score", str(folder)]).exit_code == 0
    assert (folder / "scores.jsonl").read_bytes() == before
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "http://" not in html
    assert "https://" not in html
    assert "<script" not in html
    assert "40 个问题里，40 个完全答对" in html


def test_rescoring_follows_changed_gold_but_not_changed_questions(at: Path) -> None:
    assert RUNNER.invoke(app, ["run", "--cases", str(at), "--type", "fact", "--limit", "5", "--no-report"]).exit_code == 0
    rows = [json.loads(line) for line in at.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["type"] == "fact":
            row["gold"]["nuggets"] = [["绝不会出现的话"]]
    at.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    assert RUNNER.invoke(app, ["score"]).exit_code == 0
    assert {r.strict for r in runs.read_rows(newest(at) / "scores.jsonl", Scored)} == {0}
    for row in rows:
        row["turns"][-1] += "？"
    at.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    result = RUNNER.invoke(app, ["score"])
    assert result.exit_code == 2
    assert "在运行后改过" in result.output


def scored(dev: tuple[Case, ...], spoil: frozenset[str] = frozenset()) -> tuple[Scored, ...]:
    return score_all(dev, generate(dev, oracle(dev, load_sources(), spoil)), load_sources())


def config(**changes: str) -> runs.Config:
    same = {"case_digest": "c", "data_digest": "d", "prompts_digest": "p", "code_digest": "k"}
    return runs.Config(started="2026-01-01T00:00", part="dev", files=(), cases=1, **{**same, **changes})


def test_compare_detects_a_seeded_regression(dev: tuple[Case, ...]) -> None:
    spoilt = frozenset(c.id for c in dev if c.gold.nuggets)
    some = frozenset(sorted(spoilt)[:9])
    result = compare(scored(dev), scored(dev, some), config(), config(data_digest="other"))
    assert {c.case for c in result.broken} == some
    assert result.metrics["strict"].p < 0.05
    assert "严格正确率" in result.regressions
    assert result.digests == ("政策数据",)
    one = compare(scored(dev), scored(dev, frozenset(sorted(spoilt)[:1])), config(), config(prompts_digest="other"))
    assert len(one.broken) == 1
    assert one.regressions == ()


def test_compare_shows_an_answer_that_only_reads_differently(dev: tuple[Case, ...]) -> None:
    rows = scored(dev)
    other = (rows[0].model_copy(update={"answer_digest": "else"}), *rows[1:])
    result = compare(rows, other, config(), config())
    assert [(c.case, c.kind) for c in result.changes] == [(rows[0].case, "reworded")]
    with pytest.raises(EvalError, match="没有共同的用例"):
        compare(rows[:1], rows[1:2], config(), config())


def test_compare_command(at: Path, dev: tuple[Case, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["run", "--cases", str(at), "--no-report"]
    assert RUNNER.invoke(app, arguments).exit_code == 0
    spoilt = frozenset(c.id for c in dev if c.gold.nuggets)
    monkeypatch.setattr(evals.generation, "open_advisor", lambda settings=None: oracle(dev, load_sources(), spoilt))
    assert RUNNER.invoke(app, arguments).exit_code == 0
    first, second = sorted((at.parent / "results").glob("*"))
    result = RUNNER.invoke(app, ["compare", first.name, second.name, "--strict"])
    assert result.exit_code == 1
    assert "显著变差" in result.output
    assert RUNNER.invoke(app, ["compare", first.name, first.name, "--strict"]).exit_code == 0
    assert RUNNER.invoke(app, ["report", second.name]).exit_code == 0
    assert "与上一次相比" in (second / "report.html").read_text(encoding="utf-8")


def test_the_report_hides_what_locked_cases_ask(dev: tuple[Case, ...]) -> None:
    from evals.traces import worst_cases

    cases = tuple(c.model_copy(update={"part": "locked"}) for c in dev[:3])
    outputs = [Output(case=c.id, input_digest="", answers=(), error="x") for c in cases]
    html = worst_cases(cases, list(scored_errors(cases)), outputs)
    assert "locked 部分答错 3 题" in html
    assert all(c.turns[-1][:12] not in html for c in cases)


def scored_errors(cases: tuple[Case, ...]) -> tuple[Scored, ...]:
    from evals.scoring import score_one

    return tuple(score_one(c, Output(case=c.id, input_digest="", answers=(), error="x"), load_sources()) for c in cases)


def test_the_gate(dev: tuple[Case, ...]) -> None:
    good = scored(dev)
    baseline = gates.Baseline(
        recorded="", engine="builtin", bounds={"strict": gates.Bound(least=0.9), "wrong_amount": gates.Bound(most=0)}
    )
    assert gates.check(good, baseline) == []
    kept = gates.updated(good, baseline, "2026-01-01")
    assert len(kept.right) == len(good)
    assert gates.check(good, kept) == []
    (problem,) = gates.check(scored(dev, frozenset({next(c.id for c in dev if c.gold.nuggets)})), kept)
    assert "原来答对、现在答错的有 1 题" in problem
    bad = scored(dev, frozenset(c.id for c in dev if c.gold.nuggets))
    assert any("低于底线" in p for p in gates.check(bad, kept))


def test_the_shipped_baseline_is_well_formed(tmp_path: Path) -> None:
    assert gates.read_baseline().bounds["verbatim"].least == 1
    with pytest.raises(EvalError, match="gate --update"):
        gates.read_baseline(tmp_path / "none.json")
    (tmp_path / "b.json").write_text('{"recorded": "", "engine": "builtin", "bounds": {"charm": {}}}', encoding="utf-8")
    with pytest.raises(EvalError, match="未知的指标 charm"):
        gates.read_baseline(tmp_path / "b.json")


def test_rewordings_keep_the_meaning_and_departures_are_found(dev: tuple[Case, ...]) -> None:
    wordings = variants_of("招了6个人，能领多少？")
    assert wordings["原样再问"] == "招了6个人，能领多少？"
    assert "６" in wordings["全角数字"]
    assert "，" not in wordings["没有标点"]
    case = next(c for c in dev if len(c.turns) == 1 and c.gold.status == "answered")
    (result,) = measure([case], oracle((case,), load_sources()))
    assert result.value == 0  # the oracle knows only the exact words
    assert "原样再问" not in result.departures


def test_flags_become_candidates_once_and_masked(tmp_path: Path) -> None:
    flag = {"question": "我手机13800138000，招6人补多少", "as_of": "2023-10-15", "region": "370100", "kind": "wrong_amount", "comment": "应该六千",
            "expected": "6000", "answer": {"status": "answered", "citations": [{"measure": "jinan-2023-10/15"}]}}  # fmt: skip
    path, target = tmp_path / "flags.jsonl", tmp_path / "candidates.jsonl"
    path.write_text(
        "\n".join(json.dumps(f, ensure_ascii=False) for f in (flag, flag, {"turns": ["在吗", "那大学生呢"]})), encoding="utf-8"
    )
    first = RUNNER.invoke(app, ["import", str(path), "--output", str(target)])
    assert "新增 2 条候选" in first.output.replace("\n", "")
    assert "新增 0 条候选" in RUNNER.invoke(app, ["import", str(path), "--output", str(target)]).output.replace("\n", "")
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert "13800138000" not in target.read_text(encoding="utf-8")
    assert [r["part"] for r in rows] == ["candidate", "candidate"]
    assert rows[0]["note"] == "坐席反馈：金额不对；应该六千；应为 6000"
    assert rows[1]["type"] == "multi_turn"
    with pytest.raises(EvalError, match="候选"):
        load_cases([target], load_sources().library)
    path.write_text('{"comment": "x"}', encoding="utf-8")
    assert RUNNER.invoke(app, ["import", str(path)]).exit_code == 2


def test_errors_are_one_line_with_the_next_command(at: Path) -> None:
    for arguments, words in (
        (["score"], "advisor eval run"),
        (["run", "--part", "x"], "没有“x”"),
        (["report", "none"], "不是结果目录"),
    ):
        result = RUNNER.invoke(app, arguments)
        assert result.exit_code == 2, arguments
        assert words in result.output
        assert "Traceback" not in result.output


def test_check_command() -> None:
    result = RUNNER.invoke(app, ["check"])
    assert result.exit_code == 0
    assert "全部合格" in result.output


def test_runs_of_the_same_second_get_their_own_folders(tmp_path: Path) -> None:
    assert len({runs.create_folder(tmp_path) for _ in range(3)}) == 3
    assert date.today().strftime("%Y%m%d") in runs.create_folder(tmp_path).name
