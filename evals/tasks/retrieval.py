"""Does the search bring the right measures to the top? Gold measures weigh 1, acceptable ones ½ in nDCG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log2

from evals.sources import Sources
from evals.types import Case, Output, Score


def ranked(output: Output) -> list[str]:
    """Measure ids, best first."""
    return [h.measure for h in output.hits]


def recall_at(k: int) -> Callable[[Case, Output, Sources], Score | None]:
    """Recall@k: share of the gold measures among the first k (of those that can fit into k)."""

    def score(case: Case, output: Output, sources: Sources) -> Score | None:
        if not applies(case):
            return None
        top = ranked(output)[:k]
        value = recall(case.gold.measures, top, k)
        return Score(value=value, answer="、".join(top[:3]), explanation=f"应有 {'、'.join(case.gold.measures)}")

    return score


def applies(case: Case) -> bool:
    """Whether a case has measures to find."""
    return bool(case.gold.measures)


def recall(gold: Sequence[str], top: Sequence[str], k: int) -> float:
    """Found gold measures ÷ the most that could stand in the first ``k``."""
    return len(set(gold) & set(top)) / min(len(gold), k)


def reciprocal_rank(case: Case, output: Output, sources: Sources) -> Score | None:
    """1 ÷ rank of the first measure that may carry the answer, within the first ten."""
    if not applies(case):
        return None
    rank = next((i for i, m in enumerate(ranked(output)[:10], start=1) if m in case.gold.citable), None)
    return Score(
        value=1 / rank if rank else 0.0, answer=f"第 {rank} 位" if rank else "前十没有", explanation="首个可用条款的名次"
    )


def ndcg(case: Case, output: Output, sources: Sources) -> Score | None:
    """Normalised discounted cumulative gain at 10."""
    if not applies(case):
        return None
    gains = dict.fromkeys(case.gold.acceptable, 0.5) | dict.fromkeys(case.gold.measures, 1.0)
    got = sum(gains.get(m, 0.0) / log2(i + 1) for i, m in enumerate(ranked(output)[:10], start=1))
    best = sum(g / log2(i + 1) for i, g in enumerate(sorted(gains.values(), reverse=True)[:10], start=1))
    return Score(value=got / best, answer="、".join(ranked(output)[:3]), explanation="前十名的排序质量")


def wrong_document_at_5(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of the first five hits from documents without a citable measure (lower is better)."""
    top = ranked(output)[:5]
    if not applies(case) or not top:
        return None
    wrong = [m for m in top if m.split("/")[0] not in case.gold.documents]
    return Score(value=len(wrong) / len(top), answer="、".join(top), explanation=f"{len(wrong)} 条来自别的文件", weight=len(top))
