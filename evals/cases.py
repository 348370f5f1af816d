"""Cases on disk → checked values. The only reader of ``evals/cases``; every error names file and line.

The ``locked`` part is never read for tuning: nothing but this module knows where it is (a test holds that).
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from evals.types import Case, EvalError
from knowledge.texts.library import Library

ROOT = Path(__file__).parent / "cases"
PARTS: dict[str, tuple[str, ...]] = {"dev": ("dev",), "locked": ("locked",), "all": ("dev", "locked")}


def case_files(part: str = "all") -> tuple[Path, ...]:
    """The files of a part, in a stable order. :raises EvalError: unknown or empty part."""
    if part not in PARTS:
        raise EvalError(f"没有“{part}”这一部分。可用：{'、'.join(PARTS)}。例如：advisor eval run --part dev")
    files = tuple(p for name in PARTS[part] for p in sorted((ROOT / name).glob("*.jsonl")))
    if not files:
        raise EvalError(f"{ROOT} 里没有“{part}”部分的用例。用 --cases 路径 指定外部文件。")
    return files


def outside_files(path: Path) -> tuple[Path, ...]:
    """A file, or the ``*.jsonl`` files of a folder. :raises EvalError: nothing there."""
    files = (path,) if path.is_file() else tuple(sorted(path.rglob("*.jsonl"))) if path.is_dir() else ()
    if not files:
        raise EvalError(f"{path} 不存在，或其中没有 .jsonl 用例文件。格式见 evals/cases/README.md")
    return files


def read_cases(files: Iterable[Path]) -> tuple[Case, ...]:
    """Parse files. :raises EvalError: a malformed line or a repeated id, with every problem listed."""
    cases: list[Case] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                case = Case.model_validate(json.loads(line))
            except json.JSONDecodeError as problem:
                problems.append(f"{place} 不是一行 JSON（{problem.msg}，第 {problem.colno} 字）")
                continue
            except ValidationError as problem:
                problems += [f"{place} {'.'.join(map(str, e['loc'])) or '整行'}：{e['msg']}" for e in problem.errors()]
                continue
            if case.id in seen:
                problems.append(f"{place} 编号 {case.id} 与 {seen[case.id]} 重复")
            if path.parent.parent == ROOT and case.part != path.parent.name:
                problems.append(f"{place} 的 part 是 {case.part}，却放在 {path.parent.name}/ 下")
            seen[case.id] = place
            cases.append(case)
    _raise(problems)
    return tuple(cases)


def load_cases(files: Sequence[Path], library: Library) -> tuple[Case, ...]:
    """Read and check against the sources. :raises EvalError: anything wrong, all problems in one message."""
    cases = read_cases(files)
    _raise([f"{case.id}：{problem}" for case in cases for problem in problems_of(case, library)])
    return cases


def problems_of(case: Case, library: Library) -> list[str]:
    """What is wrong with a case: unknown measures, a quote that is not in its source, a candidate."""
    gold, problems = case.gold, []
    if case.part == "candidate":
        problems.append("还是候选用例。人工核对后把 part 改成 dev 再计入")
    named = (*gold.measures, *gold.acceptable, *((case.quote.measure,) if case.quote else ()))
    problems += [f"条款 {m} 不存在（advisor search 可查编号）" for m in dict.fromkeys(named) if m not in library.measures]
    if case.quote and case.quote.measure in library.measures:
        if folded(case.quote.text) not in folded(library.measures[case.quote.measure].text):
            problems.append(f"引文不在 {case.quote.measure} 的原文里：{case.quote.text[:30]}…")
        if gold.citable and case.quote.measure not in gold.citable:
            problems.append(f"引文出自 {case.quote.measure}，但它不在 measures 或 acceptable 里")
    if gold.status == "answered" and not gold.measures:
        problems.append("status 是 answered 时 measures 不能为空")
    unissued = [m for m in gold.measures if m in library.measures and library.document_of(m).issued_from > case.as_of]
    if gold.status == "answered" and not gold.also and len(unissued) == len(gold.measures) > 0:
        problems.append(f"{case.as_of} 时 {unissued[0]} 所在的文件还没有印发，不能作为依据")
    return problems


def folded(text: str) -> str:
    """NFKC without white space: people type quotes with half-width punctuation."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def digest_of(cases: Iterable[Case]) -> str:
    """A digest of the cases with their gold, independent of order."""
    rows = sorted(case.model_dump_json() for case in cases)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def input_digest(case: Case) -> str:
    """A digest of what the advisor is given: a run may be rescored while this is unchanged."""
    given = [list(case.turns), case.as_of.isoformat(), case.region, case.gold.reply]
    return hashlib.sha256(json.dumps(given, ensure_ascii=False).encode()).hexdigest()[:16]


def select(cases: Iterable[Case], types: Sequence[str] = (), limit: int | None = None) -> tuple[Case, ...]:
    """Cases of the given types (all when empty), at most ``limit`` spread evenly over the list."""
    chosen = [c for c in cases if not types or c.type in types]
    if limit is None or limit >= len(chosen):
        return tuple(chosen)
    return tuple(chosen[i * len(chosen) // limit] for i in range(limit))


def _raise(problems: list[str]) -> None:
    if problems:
        more = f"\n……另有 {len(problems) - 20} 处" if len(problems) > 20 else ""
        raise EvalError(f"用例有 {len(problems)} 处问题：\n" + "\n".join(problems[:20]) + more + "\n格式见 evals/cases/README.md")
