"""An answer as HTML: tags, text, calculation, conditions, the missing fact, notices, next steps; sources beside it.

Pure functions on the answer contract. Whatever comes from users, documents or models passes ``html.escape``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from bot.surfaces.panels_conditions import Validities, eligibility_html
from bot.surfaces.panels_numbers import Inputs, calculations_html, understood_html
from bot.surfaces.panels_sources import MeasureText, sources_html, validity_badge
from bot.surfaces.panels_text import bare, chinese_day, inline_html, is_said, plain_text, prose_html, steps_to_show
from bot.types import Answer, Missing, Notice, WarningKind

UNSURE = "不清楚"
MAX_CHOICES = 6  # more choices than this are asked in words, not as buttons
NOTICES: Mapping[WarningKind, str] = {
    "expired": "已到期",
    "expiring": "快到期",
    "not_yet_issued": "尚未印发",
    "superseded": "后来有新文件",
    "exclusive": "不能同时享受",
    "region": "地区",
    "degraded": "备用方式作答",
    "partial": "只答了一部分",
}


@dataclass(frozen=True)
class Scene:
    """What the page knows beside the answer: measures by id, inputs and validity by benefit, its place, status labels, notice."""

    measures: Mapping[str, MeasureText] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=dict)
    validities: Validities = field(default_factory=dict)
    place: str = ""  # where the answer holds, in words
    status_labels: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    unsure: str = ""
    said: Mapping[str, str] = field(default_factory=dict)  # facts of the conversation, as words that can be read back
    forgotten: str = ""  # that the conversation before is not known any more; '' when it is


def turn_html(answer: Answer, scene: Scene) -> str:
    """The reply and its citation panel."""
    labels = {c.n: c.label for c in answer.citations}
    body = "".join((
        _forgotten_html(scene),
        _tags_html(answer, scene),
        _understood_html(answer, scene),
        f'<div class="prose">{prose_html(_told(answer), labels)}</div>',
        missing_html(answer.missing, scene, answer),
        calculations_html(answer.calculations, scene.inputs, scene.said, answer.citations, answer.as_of, scene.validities),
        eligibility_html(answer.eligibility, labels, {c.benefit: c.unit for c in answer.calculations}, scene.validities),
        notices_html(answer),
        _steps_html(steps_to_show(answer), labels),
        _foot_html(answer, scene),
    ))  # fmt: skip
    sources = sources_html(answer.citations, scene.measures, answer.as_of)
    return f'<div class="reply" tabindex="-1" data-status="{answer.status}">{body}</div>{sources}'


def _forgotten_html(scene: Scene) -> str:
    return f'<p class="forgotten">{escape(scene.forgotten)}</p>' if scene.forgotten else ""


def _understood_html(answer: Answer, scene: Scene) -> str:
    """What the sums of an answer rest on, over its text: a word that was read wrongly is seen before the sum is believed."""
    specs = {s["fact"]: s for c in answer.calculations for s in scene.inputs.get(c.benefit, ())}
    known = {k: str(v) for c in answer.calculations for k, v in c.inputs.items()} | dict(scene.said)
    return understood_html(tuple(specs.values()), known, "我理解的情况")


def _told(answer: Answer) -> str:
    """The text without the paragraph that only puts the missing question: the panel below puts it."""
    asked = [bare(m.question) for m in answer.missing]
    paragraphs = answer.text.split("\n\n")
    kept = [p for p in paragraphs if not any(q in bare(p) for q in asked)]
    return _dated("\n\n".join(kept or paragraphs), answer)


def _dated(text: str, answer: Answer) -> str:
    """「[2]（已到期）」 at marks whose clause does not hold on the day, when no notice says so for the whole answer."""
    if any(w.kind in ("expired", "not_yet_issued") for w in answer.warnings):
        return text
    badges = {c.n: validity_badge(c, answer.as_of) for c in answer.citations}
    for n, badge in badges.items():
        if badge.kind in ("expired", "future"):
            text = text.replace(f"[{n}]", f"[{n}]（{badge.label}）")
    return text


def _tags_html(answer: Answer, scene: Scene) -> str:
    """Status (unless simply answered), then the kinds of notices whose words stand in the text."""
    status = (
        []
        if answer.status == "answered"
        else [("status-" + answer.status, scene.status_labels.get(answer.status, answer.status))]
    )
    kinds = dict.fromkeys(w.kind for w in answer.warnings if is_said(w.text, answer.text))
    tags = [*status, *(("kind-" + kind, NOTICES[kind]) for kind in kinds)]
    if not tags:
        return ""
    return '<p class="tags">' + "".join(f'<span class="tag tag-{kind}">{escape(label)}</span>' for kind, label in tags) + "</p>"


def missing_html(missing: tuple[Missing, ...], scene: Scene, answer: Answer) -> str:
    """The question that decides, with answers to press; 「不清楚」 is always one of them."""
    hint = f'<p class="ask-hint">{escape(scene.unsure)}</p>' if scene.unsure else ""
    return "".join(
        f'<section class="panel ask"><h3><span class="panel-kind">请补充</span></h3><p class="ask-question">{escape(m.question)}</p>{hint}'
        f'<p class="quick">{"".join(map(_quick_html, (*_choices(m.fact, scene, answer), UNSURE)))}</p></section>'
        for m in missing
    )


def _quick_html(words: str) -> str:
    kind = " quick-unsure" if words == UNSURE else ""
    return f'<button type="button" class="quick-reply{kind}" data-say="{escape(words)}">{escape(words)}</button>'


def _choices(fact: str, scene: Scene, answer: Answer) -> tuple[str, ...]:
    """Names of a fact's choices when a benefit of this answer asks for it and they are few."""
    benefits = [c.benefit for c in answer.calculations] + [e.benefit for e in answer.eligibility]
    specs = (s for b in benefits for s in scene.inputs.get(b, ()) if s["fact"] == fact)
    spec = next(specs, None)
    if spec is None:
        return ()
    if spec["type"] == "bool":
        return ("是", "不是")
    names = tuple(str(v) for v in dict(spec.get("choices") or {}).values())
    return names if len(names) <= MAX_CHOICES else ()


def notices_html(answer: Answer) -> str:
    """Labelled notices; one whose words already stand in the text is a tag above it instead."""
    rows = "".join(map(_notice_html, (w for w in answer.warnings if not is_said(w.text, answer.text))))
    return f'<ul class="notices" aria-label="请注意">{rows}</ul>' if rows else ""


def _notice_html(notice: Notice) -> str:
    return f'<li class="notice notice-{notice.kind}"><span class="notice-kind">{NOTICES[notice.kind]}</span><span>{escape(notice.text)}</span></li>'


def _steps_html(steps: tuple[str, ...], labels: Mapping[int, str]) -> str:
    rows = "".join(f"<li>{inline_html(s, labels)}</li>" for s in steps)
    return f'<section class="next"><h3>下一步</h3><ul>{rows}</ul></section>' if rows else ""


def _foot_html(answer: Answer, scene: Scene) -> str:
    """Day, region and engine of the answer; copy and print."""
    region = f"<span>地区：{escape(scene.place)}</span>" if scene.place else ""
    engine = "内置引擎" if answer.engine == "builtin" else answer.engine.replace("agent:", "语言模型 ", 1)
    return (
        f'<footer class="reply-foot"><p class="facts"><span>适用日期：{chinese_day(answer.as_of)}</span>{region}<span>由{escape(engine)}生成</span></p>'
        '<p class="actions"><button type="button" class="link copy">复制</button><button type="button" class="link print">打印</button></p>'
        f'<textarea class="plain" hidden readonly aria-hidden="true" tabindex="-1">{escape(plain_text(answer, scene.notice, scene.place))}</textarea></footer>'
    )  # fmt: skip


def problem_html(message: str, next_step: str) -> str:
    """A failure in words, with what to do."""
    return (
        f'<div class="reply reply-problem" tabindex="-1"><div class="prose"><p><strong>{escape(message)}</strong></p><p>{escape(next_step)}</p></div>'
        '<p class="actions"><button type="button" class="button again">再试一次</button></p></div>'
    )  # fmt: skip
