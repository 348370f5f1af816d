"""The model's text → a draft: tokens put in order, calculations written in, everything else added by code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.citations import TOKEN
from bot.engines.agent.desk import Desk, amount_in_words, tokens_of
from bot.engines.builtin.validity import closing, opening
from bot.engines.builtin.writing import Writer, source_line
from bot.types import Ask, CalculationResult, Draft, EligibilityResult, Missing, Notice, Status
from knowledge.numerals import values_in

MAX_TEXT = 6000
SUM = re.compile(r"\[C(\d+)\]")
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S | re.I)
_GROUP = re.compile(r"[\[【［(（]\s*((?:[MmCcＭＣ]\s*\d{1,3}\s*[,，、;；\s]*)+)[\]】］)）]")
_ONE = re.compile(r"([MmCcＭＣ])\s*(\d{1,3})")
_TYPED_MARK = re.compile(r"\[\d{1,3}\](?!\()")
_LINK = re.compile(r"!?\[(?![MC]\d)([^\]\[]*)\]\([^)]*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_DECLINED = re.compile(r"[\[【［]?\s*NONE\s*[\]】］]?[。.]?")
_BEFORE_TOKEN = re.compile(r"([。；！？])((?:\[M\d+\])+)")


def written_by(model_text: str) -> str:
    """The answer in the model's output: no thinking, links, tags or marks of its own; tokens in one spelling."""
    text = _TAG.sub("", _THINKING.sub("", model_text)).strip()
    text = _GROUP.sub(_tokens, text)
    text = _TYPED_MARK.sub("", _LINK.sub(r"\1", text))
    text = re.sub(r"^#{1,6}\s*(.+)$", r"**\1**", text, flags=re.M)
    return _BEFORE_TOKEN.sub(r"\2\1", text)[: MAX_TEXT + 1]


def _tokens(group: re.Match[str]) -> str:
    letters = {"m": "M", "c": "C", "Ｍ": "M", "Ｃ": "C"}
    return "".join(f"[{letters.get(k, k)}{int(n)}]" for k, n in _ONE.findall(group[1]))


def declines(text: str) -> bool:
    """Whether the model says that its evidence does not answer the question."""
    return bool(_DECLINED.fullmatch(text))


def to_draft(text: str, desk: Desk, own: Draft, engine: str) -> Draft:
    """A draft from the model's text. Unknown tokens stay in the text, for verification to find."""
    used_sums = _sums_used(text, desk)
    body = SUM.sub(lambda m: _in_words(int(m[1]), desk), text)
    benefits = {c.benefit for c in used_sums}
    missing = _missing(desk, own, used_sums, body)
    for m in missing:
        if m.question.rstrip("？?") not in body:
            body += f"\n\n{desk.kit.replies('ask.prefix')}**{m.question}** {desk.kit.replies('ask.unknown')}"
    cited = _cited(body, desk)
    body += _source(cited, desk)
    own_validity, steps = _standing(cited, desk)
    kept = [w for w in own.warnings if w.kind in ("region", "partial") or (w.kind == "exclusive" and own.benefit in benefits)]
    status: Status = (
        "needs_info" if missing and not any(c.amount for c in used_sums) and own.status == "needs_info" else "answered"
    )
    return Draft(
        status, body, tuple(desk.writer.quotes), used_sums, _verdicts(desk, own, benefits, cited), missing,
        tuple(dict.fromkeys((*own_validity, *kept))), tuple(dict.fromkeys((*own.next_steps, *steps)))[:3], engine,
        next((c.benefit for c in used_sums), own.benefit),
    )  # fmt: skip


def _sums_used(text: str, desk: Desk) -> tuple[CalculationResult, ...]:
    """The calculations that the text names by token, or whose amount it writes out."""
    named = {int(m[1]) for m in SUM.finditer(text)}
    values = values_in(text)
    return tuple(
        c for i, c in enumerate(desk.writer.calculations, 1)
        if i in named or (c.amount and values_in(c.amount) <= values and values_in(c.amount) - {0})
    )  # fmt: skip


def _in_words(number: int, desk: Desk) -> str:
    """What replaces ``[C1]``: the amount, its working, and the tokens of the clauses that the working rests on."""
    if not 1 <= number <= len(desk.writer.calculations):
        return f"[C{number}]"
    c = desk.writer.calculations[number - 1]
    return amount_in_words(c, desk.unmet(c)) + tokens_of(desk, c)


def _missing(desk: Desk, own: Draft, used: Sequence[CalculationResult], body: str) -> tuple[Missing, ...]:
    """What the builtin engine would ask, unless the text computes the benefit without it."""
    if own.missing and not any(c.amount and (own.benefit in (None, c.benefit)) for c in used):
        return own.missing
    return tuple(m for m in own.missing if m.question.rstrip("？?") in body)


def _source(cited: Sequence[tuple[str, str]], desk: Desk) -> str:
    """The clause that carries the answer, in its own words, with its document; '' when none is cited."""
    if not cited:
        return ""
    measure_id, quote = cited[0]
    library = desk.kit.knowledge.library
    measure = library.measures[measure_id]
    return f"\n\n> 原文：{source_line(library.documents[measure.document], measure)}“{quote}”{desk.cite(measure_id, quote)}"


def _cited(text: str, desk: Desk) -> tuple[tuple[str, str], ...]:
    numbers = dict.fromkeys(int(m[1]) for m in TOKEN.finditer(text))
    return tuple(desk.writer.quotes[n - 1] for n in numbers if 1 <= n <= len(desk.writer.quotes))


def _standing(cited: Sequence[tuple[str, str]], desk: Desk) -> tuple[list[Notice], list[str]]:
    """Warnings and next steps that the cited clauses call for: expired, expiring, superseded, not yet issued."""
    scratch = Writer(desk.kit, desk.as_of)
    for measure_id, quote in cited:
        measure = desk.kit.knowledge.library.measures.get(measure_id)
        if measure is not None and quote in measure.text and not opening(scratch, measure, quote, asks_history=True):
            closing(scratch, measure, quote, "")
    return scratch.warnings, scratch.next_steps


def _verdicts(desk: Desk, own: Draft, benefits: set[str], cited: Sequence[tuple[str, str]]) -> tuple[EligibilityResult, ...]:
    """Verdicts on the benefits that the answer computes or cites."""
    measures = {m for m, _ in cited}
    rulebook = desk.kit.knowledge.rulebook
    whole = desk.understanding.ask in (Ask.SCREEN, Ask.ELIGIBILITY)
    return tuple(
        e for e in desk.writer.eligibility
        if e.benefit in benefits or (whole and e.benefit in rulebook.benefits and rulebook.benefits[e.benefit].measure in measures)
    )  # fmt: skip
