"""Cases: well formed, proven by the sources, and the locked part out of everybody's reach."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals import cases as casefiles
from evals.cases import case_files, load_cases, outside_files, problems_of, read_cases, select
from evals.sources import load_sources
from evals.types import Case, EvalError
from knowledge.texts.normalise import matching_form

ROOT = Path(__file__).parents[2]
ROW: dict[str, Any] = {
    "id": "x-1", "type": "fact", "turns": ["问"], "as_of": "2023-10-15", "region": "370100",
    "gold": {"status": "answered", "measures": ["jinan-2023-10/15"], "nuggets": [["1000元"]]},
    "quote": {"measure": "jinan-2023-10/15", "text": "按每人1000元标准给予一次性吸纳就业补贴,政策实施期限截至2023年12月31日"},
}  # fmt: skip


def write(tmp_path: Path, *rows: Any) -> Path:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    return path


def test_every_shipped_case_is_proven_and_every_measure_is_covered() -> None:
    library = load_sources().library
    cases = load_cases(case_files("all"), library)
    assert len(cases) >= 500
    assert len({c.type for c in cases}) == 16
    covered = {m for c in cases for m in c.gold.measures}
    assert [m.id for d in library.documents.values() for m in d.numbered if m.id not in covered] == []
    assert Counter(c.part for c in cases).keys() == {"dev", "locked"}


def test_the_published_schema_is_current() -> None:
    published = json.loads((casefiles.ROOT / "schema.json").read_text(encoding="utf-8"))
    assert published == Case.model_json_schema(), "重新生成 evals/cases/schema.json"


def test_only_the_loader_knows_where_the_locked_part_is() -> None:
    allowed = {ROOT / "evals" / "cases.py", Path(__file__)}
    folders = ("knowledge", "bot", "evals", "prompts", "tests", "tools", "scripts")
    sources = [
        p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in {".py", ".yaml", ".toml", ".sh"} and p not in allowed
    ]
    guilty = [str(p.relative_to(ROOT)) for p in sources if _reads_locked(p.read_text(encoding="utf-8"))]
    assert guilty == []


def _reads_locked(text: str) -> bool:
    return "cases/locked" in text or '/ "locked"' in text or "/'locked'" in text or '"locked/' in text


def test_knowledge_and_bot_do_not_import_the_suite() -> None:
    for folder in ("knowledge", "bot"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "from evals" not in text, path


def test_no_case_is_among_the_indexed_questions() -> None:
    indexed: set[str] = set()
    for path in (ROOT / "knowledge" / "data" / "questions").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            indexed |= {matching_form(str(v)) for v in row.values()}
    leaked = [c.id for c in read_cases(case_files("all")) if len(c.turns) == 1 and matching_form(c.turns[0]) in indexed]
    assert leaked == []


def test_a_good_outside_file(tmp_path: Path) -> None:
    (case,) = load_cases(outside_files(write(tmp_path, ROW, "")), load_sources().library)
    assert (case.part, case.group) == ("outside", "x-1")
    assert outside_files(tmp_path) == (tmp_path / "cases.jsonl",)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{oops", r"cases\.jsonl:1 不是一行 JSON"),
        ({**ROW, "type": "poem"}, r"cases\.jsonl:1 type"),
        ({**ROW, "turns": []}, r"cases\.jsonl:1 turns"),
        ({**ROW, "surprise": 1}, r"surprise"),
        ({**ROW, "region": "济南"}, r"region"),
        ({**ROW, "gold": {**ROW["gold"], "reply": "六个"}}, "reply 与 after"),
        ({**ROW, "gold": {**ROW["gold"], "amounts": [{"value": "一千", "unit": "元"}]}}, "amounts.0.value"),
        ({**ROW, "gold": {**ROW["gold"], "nuggets": [[]]}}, "nuggets.0"),
        ({**ROW, "gold": {**ROW["gold"], "measures": ["jinan-2023-10/99"]}}, "jinan-2023-10/99 不存在"),
        ({**ROW, "quote": {"measure": "jinan-2023-10/15", "text": "每人2000元"}}, "引文不在"),
        ({**ROW, "quote": {"measure": "jinan-2023-10/3", "text": "补贴标准每人每年不高于100元"}}, "不在 measures"),
        ({**ROW, "gold": {"status": "answered"}}, "measures 不能为空"),
        ({**ROW, "part": "candidate"}, "候选"),
        ({**ROW, "as_of": "2023-01-01"}, "还没有印发"),
    ],
)
def test_errors_name_the_place(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(EvalError, match=message):
        load_cases([write(tmp_path, row)], load_sources().library)


def test_repeated_ids_and_all_problems_at_once(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match=r"2 处问题(.|\n)*:2 编号 x-1(.|\n)*:3 type"):
        read_cases([write(tmp_path, ROW, ROW, {**ROW, "id": "x-2", "type": "poem"})])


def test_nothing_to_run(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="没有“secret”这一部分"):
        case_files("secret")
    with pytest.raises(EvalError, match="不存在"):
        outside_files(tmp_path / "none.jsonl")


def test_select_spreads_over_the_list(tmp_path: Path) -> None:
    cases = read_cases([write(tmp_path, *({**ROW, "id": f"x-{i}"} for i in range(10)))])
    assert [c.id for c in select(cases, limit=3)] == ["x-0", "x-3", "x-6"]
    assert select(cases, types=["amount"]) == ()
    assert problems_of(cases[0], load_sources().library) == []
