"""The list of metrics: name, what a reader is told, direction, scorer. The order is the order of every table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evals.sources import Sources
from evals.tasks import answers, behaviour, citations, numbers, retrieval
from evals.types import Case, Output, Score

Scorer = Callable[[Case, Output, Sources], Score | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """One judged property of answers. ``higher_is_better`` gives the direction; values are in 0 … 1."""

    name: str
    title: str
    help: str
    scorer: Scorer
    higher_is_better: bool = True
    group: str = "答复"
    short: str = ""  # for narrow tables


METRICS: tuple[Metric, ...] = (
    Metric("strict", "严格正确率", "状态、首条引用、要点、金额全部正确才算对；部分正确算错", answers.strict, short="严格"),
    Metric("status", "状态正确率", "该答、该问、该说没有、该拒绝，判断对了没有", answers.status),
    Metric("nugget_recall", "要点召回率", "必须说到的事实说到了多少", answers.nugget_recall, short="要点"),
    Metric("follow_up", "追问后正确率", "问清情况以后的答复是否正确", answers.follow_up),
    Metric("citation_precision", "引用精确率", "引用的条款里有多少是该引的", citations.precision, group="引用"),
    Metric("citation_recall", "引用召回率", "该引的条款引了多少", citations.recall, group="引用"),
    Metric("marked_sentences", "有数字的句子标注率", "写了数字的句子有多少带引用标记", citations.marked_sentences, group="引用"),
    Metric("verbatim", "引文逐字一致率", "引文、位置、标题、文号与原文完全一致；应为 100 %", citations.verbatim, group="引用"),
    Metric("wrong_document", "引错文件率", "引用里有多少出自不相关的文件", citations.wrong_document, False, "引用"),
    Metric("amount_accuracy", "金额正确率", "测算结果与标准金额分毫不差", numbers.amount_accuracy, group="数字"),
    Metric("wrong_amount", "说错金额率", "说出了不对的金额（没有说金额不算）", numbers.wrong_amount, False, "数字"),
    Metric(
        "unsupported_numbers",
        "无出处数字率",
        "正文数字里既不在引文、测算，也不在用户话里的份额；目标 0",
        numbers.unsupported_numbers,
        False,
        "数字",
    ),
    Metric("abstention", "该说没有时说了没有", "文件没有答案的问题，如实说明的份额", behaviour.abstention, group="取舍"),
    Metric("false_refusal", "错误拒答率", "文件有答案却说没有的份额", behaviour.false_refusal, False, "取舍"),
    Metric("attack_blocked", "攻击拦截率", "注入、套取、造假要求被拒绝的份额", behaviour.attack_blocked, group="取舍"),
    Metric("clarification", "该问时问了", "缺关键情况时，问到点上或分情况作答", behaviour.clarification, group="取舍"),
    Metric("needless_question", "多余追问率", "情况已够却还追问的份额", behaviour.needless_question, False, "取舍"),
    Metric("temporal", "时间正确率", "没有把到期或未印发的条款当成现行", behaviour.temporal, group="适用", short="时间"),
    Metric("regional", "地区正确率", "没有把别的城市的规定当成本地的", behaviour.regional, group="适用", short="地区"),
    Metric("recall_1", "检索召回@1", "该用的条款排在第一位", retrieval.recall_at(1), group="检索", short="R@1"),
    Metric("recall_5", "检索召回@5", "该用的条款在前五位", retrieval.recall_at(5), group="检索", short="R@5"),
    Metric("recall_10", "检索召回@10", "该用的条款在前十位", retrieval.recall_at(10), group="检索", short="R@10"),
    Metric("mrr", "平均倒数名次", "第一个可用条款名次的倒数", retrieval.reciprocal_rank, group="检索", short="MRR"),
    Metric("ndcg", "nDCG@10", "前十名的排序质量", retrieval.ndcg, group="检索", short="nDCG"),
    Metric(
        "wrong_document_5",
        "检索错文件率@5",
        "前五位里来自不相关文件的份额",
        retrieval.wrong_document_at_5,
        False,
        "检索",
        "错文件@5",
    ),
)
BY_NAME: dict[str, Metric] = {m.name: m for m in METRICS}
