"""Words of an answer as safe HTML, and as plain text for the clipboard. Everything that comes in is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from html import escape

from bot.types import Answer, Citation
from knowledge.numerals import format_amount

_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKS_END = re.compile(r"((?:<button[^>]*>\[\d+\]</button>)+[，。、；：！？）”]*)")
SAID = 0.8  # share of character pairs
SAME_STEP = 0.7  # of a next step: 「拨打 12333，或联系某局」 after 「请向某局或 12333 核实」 is the same way again
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_ITEM = re.compile(r"(?:[-*•]|\d{1,2}[.、])\s+(.*)", re.DOTALL)
_HEADING = re.compile(r"#{1,6}\s+(.*)")


def chinese_day(day: date) -> str:
    """2023-12-31 → 「2023年12月31日」."""
    return f"{day.year}年{day.month}月{day.day}日"


def amount_text(value: str) -> str:
    """A decimal string with thousands separators; any other words unchanged."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return format_amount(number) if number.is_finite() else value


def mark_html(n: int, label: str) -> str:
    """The button that leads from a sentence to its citation card."""
    return f'<button type="button" class="mark" data-n="{n}" aria-label="查看引用{n}：{escape(label)}">[{n}]</button>'


def optional_mark(n: int | None, labels: Mapping[int, str]) -> str:
    """A mark when ``n`` is the number of a citation of this answer, else nothing."""
    return mark_html(n, labels[n]) if n is not None and n in labels else ""


def inline_html(text: str, labels: Mapping[int, str]) -> str:
    """Escape a line, then set **bold** and [n] marks; a number without a citation stays plain text."""
    bold = _BOLD.sub(r"<strong>\1</strong>", escape(text))
    marked = _MARK.sub(lambda m: optional_mark(int(m[1]), labels) or m[0], bold)
    marked = _MARKS_END.sub(r'<span class="together">\1</span>', marked)  # no line begins with 「。」
    return marked.replace("\n", "<br>")


def prose_html(text: str, labels: Mapping[int, str]) -> str:
    """The small Markdown of answers (paragraphs, quotes, lists, bold, marks) as HTML."""
    blocks = (b.strip("\n") for b in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return "".join(_block_html(b, labels) for b in blocks if b.strip())


def _block_html(block: str, labels: Mapping[int, str]) -> str:
    runs: list[tuple[str, list[str]]] = []
    for line in block.split("\n"):
        kind, words = _line_kind(line)
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(words)
        else:
            runs.append((kind, [words]))
    return "".join(_run_html(kind, lines, labels) for kind, lines in runs)


def _line_kind(line: str) -> tuple[str, str]:
    stripped = line.strip()
    if stripped.startswith(">"):
        return "quote", stripped[1:].strip()
    if item := _ITEM.match(stripped):
        return ("ordered" if stripped[0].isdigit() else "list"), item[1]
    if heading := _HEADING.match(stripped):
        return "heading", heading[1]
    return "words", stripped


def _run_html(kind: str, lines: list[str], labels: Mapping[int, str]) -> str:
    if kind in ("list", "ordered"):
        tag = "ul" if kind == "list" else "ol"
        return f"<{tag}>{''.join(f'<li>{inline_html(line, labels)}</li>' for line in lines)}</{tag}>"
    body = inline_html("\n".join(lines), labels)
    if kind == "quote":
        return f'<blockquote class="inline-quote">{body}</blockquote>'
    return f'<p class="lead">{body}</p>' if kind == "heading" else f"<p>{body}</p>"


def bare(text: str) -> str:
    """Words only: no Markdown signs, no marks, no punctuation; to see whether two sentences say the same."""
    return re.sub(r"[\W_]", "", _MARK.sub("", text))


def is_said(words: str, text: str, share: float = SAID) -> bool:
    """Whether ``text`` already says ``words``: every figure of it, and nearly every pair of its characters."""
    short, told = bare(words), bare(text)
    if short in told:
        return True
    figures, pairs = set(re.findall(r"\d+", short)), {short[i : i + 2] for i in range(len(short) - 1)}
    return figures <= set(re.findall(r"\d+", told)) and sum(p in told for p in pairs) >= share * len(pairs)


def source_name(citation: Citation) -> str:
    """「《…》（济政办发〔2023〕10号）（十五）…」."""
    number = f"（{citation.doc_no}）" if citation.doc_no else ""
    return f"《{citation.title}》{number}{citation.label}"


def spoken(text: str) -> str:
    """The words of an answer as they are read aloud: no bold, no marks."""
    return _MARK.sub("", text.replace("**", ""))


def steps_to_show(answer: Answer) -> tuple[str, ...]:
    """The next steps that the text has not told already, each once."""
    kept: list[str] = []
    for step in answer.next_steps:
        if not is_said(step, "\n".join((answer.text, *kept)), SAME_STEP):
            kept.append(step)
    return tuple(kept)


def plain_text(answer: Answer, notice: str, place: str = "") -> str:
    """What 「复制」 puts on the clipboard: question, answer, sources, day, place and the standing notice."""
    words = "\n".join(line.removeprefix("> ") for line in answer.text.replace("**", "").split("\n"))
    parts = [f"问：{answer.question}", f"答：{words}"]
    parts += _listed("请注意：", (w.text for w in answer.warnings if not is_said(w.text, words)))
    parts += _listed("还需要知道：", (m.question for m in answer.missing if not is_said(m.question, words)))
    parts += _listed("下一步：", steps_to_show(answer))
    parts += _listed("依据：", (f"[{c.n}] {source_name(c)}，{issue_line(c)}：“{c.quote}”" for c in answer.citations))
    where = f"地区：{place}。" if place else ""
    return "\n\n".join([*parts, f"适用日期：{chinese_day(answer.as_of)}。{where}{notice}"])


def _listed(heading: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [heading + "\n" + "\n".join(found)] if found else []


def issue_line(citation: Citation) -> str:
    """「济南市人民政府办公厅，2023年9月7日印发」."""
    return f"{citation.issuer}，{chinese_day(citation.issued)}印发" if citation.issued else f"{citation.issuer}，文中未写印发日期"
