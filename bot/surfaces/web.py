"""The page: one Gradio Blocks app around our own markup. Gradio carries events, queue and session; ``panels`` writes answers.

Values sent to the page are ``{"turn", "step"}`` while an answer is made and ``{"turn", "html", "say"}`` when it is
there (``"failed": True`` with the reason when it is not). Each is complete in itself: one lost on the way does no harm.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from bot.errors import AdvisorError
from bot.replies import load_replies
from bot.settings import Settings
from bot.surfaces.panels import Scene, problem_html, turn_html
from bot.surfaces.panels_recalculation import recalculated
from bot.surfaces.web_markup import page_html
from bot.types import Answer, Conversation, Event, Reply
from knowledge.errors import KnowledgeError
from knowledge.rules.facts import FactValue

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # gradio reads this when it is imported
import gradio as gr

if TYPE_CHECKING:
    from bot.advisor import Advisor

ASSETS = Path(__file__).parent / "assets"
CONCURRENCY = 16
WAITING_ROOM = 64  # askers who may wait before the page says that it is busy
SESSION_S = 60 * 60
SYSTEM_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "system-ui", "sans-serif")
STAGES: Mapping[str, int] = {"screen": 0, "understand": 0, "retrieve": 1, "reread": 1, "draft": 2, "verify": 3}

logger = logging.getLogger(__name__)

Update = dict[str, Any]


def events_of(advisor: Advisor, conversation: Conversation, question: str) -> Iterator[Event | Reply | Exception]:
    """Ask in a thread of its own; yield what the pipeline reports, and last the reply or what went wrong."""
    box: SimpleQueue[Event | Reply | Exception] = SimpleQueue()

    def work() -> None:
        try:
            box.put(advisor.reply(conversation, question, on_event=box.put))
        except Exception as problem:  # the reader must get words, whatever broke
            logger.exception("reply failed")
            box.put(problem)

    Thread(target=work, daemon=True).start()
    while True:
        item = box.get()
        yield item
        if not isinstance(item, tuple):
            return


def scene_of(advisor: Advisor, answer: Answer, conversation: Conversation) -> Scene:
    """What the panels need to know beside the answer."""
    replies = load_replies()
    benefits = dict.fromkeys([c.benefit for c in answer.calculations])
    if answer.missing:
        benefits |= dict.fromkeys(e.benefit for e in answer.eligibility)
    return Scene(
        measures={c.measure: advisor.measure(c.measure) for c in answer.citations},
        inputs={b: advisor.benefit_inputs(b) for b in benefits},
        regions=dict(advisor.regions()),
        status_labels={answer.status: replies(f"status.{answer.status}.label")},
        notice=replies("notice"),
        unsure=replies("ask.unknown"),
        said=said_facts(conversation),
    )


def said_facts(conversation: Conversation) -> dict[str, str]:
    """What the asker said so far, each fact in words that ``Advisor.calculate`` reads back."""
    last = conversation.last
    facts = last.understanding.facts if last and last.understanding else {}
    return {name: fact_words(value) for name, value in facts.items()}


def fact_words(fact: FactValue) -> str:
    """A number, date, choice or 是/否 in its own form; what was said roughly, as it was said."""
    value = fact.value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, frozenset):
        return next(iter(value)) if len(value) == 1 else fact.raw
    if fact.low is not None or fact.high is not None:
        return fact.raw
    return value.isoformat() if isinstance(value, date) else format(value, "f")


def scoped(advisor: Advisor, conversation: Conversation | None, region: str, as_of: str) -> Conversation:
    """The conversation under the selectors of the page. :raises AdvisorError, KnowledgeError: a wrong day or region."""
    chosen = advisor.start(region or None, as_of or None)
    return chosen if conversation is None else replace(conversation, region=chosen.region, as_of=chosen.as_of)


def respond(
    advisor: Advisor, conversation: Conversation | None, said: Mapping[str, Any]
) -> Iterator[tuple[Update, Conversation | None]]:
    """Answer one message of the page: ``said`` is ``{turn, text, region, as_of}``."""
    turn = str(said.get("turn", ""))
    try:
        scope = scoped(advisor, conversation, str(said.get("region") or ""), str(said.get("as_of") or ""))
        for item in events_of(advisor, scope, str(said.get("text") or "")):
            if isinstance(item, tuple):
                if item[0] == "step":
                    yield {"turn": turn, "step": STAGES.get(str(item[1]), 0)}, conversation
            elif isinstance(item, Exception):
                yield _failed(turn, "这次没能答上来。", "请再试一次；仍然不行，请拨打 12333 咨询。"), conversation
            else:
                html = turn_html(item.answer, scene_of(advisor, item.answer, item.conversation))
                yield {"turn": turn, "html": html, "say": item.answer.text.replace("**", "")}, item.conversation
    except (AdvisorError, KnowledgeError) as problem:
        yield _failed(turn, str(problem), "请改好后再发一次。"), conversation


def _failed(turn: str, message: str, next_step: str) -> Update:
    return {"turn": turn, "html": problem_html(message, next_step), "say": f"{message}{next_step}", "failed": True}


def create_page(advisor: Advisor, settings: Settings) -> gr.Blocks:
    """The Blocks app, not yet mounted."""

    def ask(conversation: Conversation | None, event: gr.EventData) -> Iterator[tuple[Update, Conversation | None]]:
        yield from respond(advisor, conversation, event._data or {})

    def recalculate(payload: Mapping[str, Any]) -> Update:
        return recalculated(advisor, payload)

    today = settings.today.isoformat() if isinstance(settings.today, date) else ""
    blocks: gr.Blocks = gr.Blocks(title="就业政策顾问", analytics_enabled=False, fill_width=True)
    with blocks:
        session = gr.State(None, time_to_live=SESSION_S)
        page = gr.HTML(
            html_template=page_html(advisor.regions(), load_replies()("notice"), today),
            js_on_load=(ASSETS / "page.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="advisor",
            server_functions=[recalculate],
        )
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        page.ask(ask, [session], [page, session], trigger_mode="once", concurrency_limit=CONCURRENCY, **quiet)
        page.restart(lambda: None, None, [session], queue=False, **quiet)
    blocks.queue(max_size=WAITING_ROOM, default_concurrency_limit=CONCURRENCY)
    return blocks


def theme() -> gr.Theme:
    """Gradio's plainest theme with fonts of the reader's own machine."""
    return gr.themes.Base(font=[*SYSTEM_FONTS], font_mono=["monospace"])
