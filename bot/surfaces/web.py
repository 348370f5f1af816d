"""The page: one Gradio Blocks app around our own markup. Gradio carries events and queue; ``panels`` writes answers.

Values sent to the page are ``{"turn", "step", "question", "found"}`` while an answer is made and ``{"turn", "html",
"say", "question", "conversation"}`` when it is there (``"failed": True`` with the reason when it is not). Each is
complete in itself: one lost on the way does no harm. ``question`` is the message with personal numbers masked.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from bot.errors import AdvisorError
from bot.privacy import mask
from bot.replies import load_replies
from bot.settings import Settings
from bot.steps.screen import MAX_QUESTION
from bot.surfaces.app_conversations import ConversationStore, new_key
from bot.surfaces.panels import Scene, problem_html, turn_html
from bot.surfaces.panels_recalculation import recalculated
from bot.surfaces.panels_sources import found_html
from bot.surfaces.panels_text import spoken
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
SCRIPTS = ("page.js", "page_cards.js", "page_session.js")  # one script, in this order
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


def scene_of(advisor: Advisor, answer: Answer, conversation: Conversation, forgotten: bool = False) -> Scene:
    """What the panels need to know beside the answer."""
    replies = load_replies()
    measures = {c.measure: advisor.measure(c.measure) for c in answer.citations}
    assessed = dict.fromkeys([*(c.benefit for c in answer.calculations), *(e.benefit for e in answer.eligibility)])
    benefits = dict.fromkeys([c.benefit for c in answer.calculations])
    if answer.missing:
        benefits |= dict.fromkeys(e.benefit for e in answer.eligibility)
    return Scene(
        measures=measures,
        inputs={b: advisor.benefit_inputs(b) for b in benefits},
        validities={b: advisor.validity(b, answer.as_of) for b in assessed},
        place=_place_of(advisor, answer, dict.fromkeys(m.region_name for m in measures.values())),
        status_labels={answer.status: replies(f"status.{answer.status}.label")},
        notice=replies("notice"),
        unsure=replies("ask.unknown"),
        said=said_facts(conversation),
        forgotten=replies("session.forgotten") if forgotten else "",
    )


def _place_of(advisor: Advisor, answer: Answer, cited: Mapping[str, None]) -> str:
    """Where the answer holds: the region it was asked for, else those whose documents it cites."""
    if answer.region:
        return advisor.region_name(answer.region)
    return f"没有指定，用的是{'、'.join(cited)}的文件" if cited else ""


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


@dataclass(frozen=True)
class Said:
    """One message of the page. ``kept``: the conversation it goes on with; ``forgotten``: it named one that is gone."""

    turn: str
    text: str
    region: str
    as_of: str
    key: str
    kept: Conversation | None
    forgotten: bool

    @classmethod
    def read(cls, data: Mapping[str, Any], conversations: ConversationStore) -> Said:
        """``data``: ``{turn, text, region, as_of, conversation}``, each of them optional."""
        turn, text, region, as_of, key = (str(data.get(k) or "") for k in ("turn", "text", "region", "as_of", "conversation"))
        kept = conversations.known(key) if key else None
        return cls(turn, text, region, as_of, key if kept else new_key(), kept, bool(key) and kept is None)


def respond(advisor: Advisor, conversations: ConversationStore, data: Mapping[str, Any]) -> Iterator[Update]:
    """Answer one message of the page (see :meth:`Said.read`)."""
    said = Said.read(data, conversations)
    waiting: Update = {"turn": said.turn, "step": 0, "question": mask(said.text).text, "found": ""}
    yield waiting
    try:
        for item in events_of(advisor, scoped(advisor, said.kept, said.region, said.as_of), said.text):
            if isinstance(item, tuple):
                news = _news(item)
                if news:
                    waiting = {**waiting, **news}
                    yield waiting
            elif isinstance(item, Exception):
                yield _failed(said.turn, "这次没能答上来。", "请再试一次；仍然不行，请拨打 12333 咨询。")
            else:
                conversations.keep(said.key, item.conversation)
                yield _answered(advisor, said, item)
    except (AdvisorError, KnowledgeError) as problem:
        yield _failed(said.turn, str(problem), "请改好后再发一次。")


def _news(event: Event) -> Update:
    """What an event of the pipeline changes on the page while it waits; nothing for events that it does not show."""
    kind, what = event
    if kind == "step":
        return {"step": STAGES.get(str(what), 0)}
    return {"found": found_html(what)} if kind == "citations" and isinstance(what, tuple) else {}


def _answered(advisor: Advisor, said: Said, reply: Reply) -> Update:
    answer = reply.answer
    html = turn_html(answer, scene_of(advisor, answer, reply.conversation, said.forgotten))
    say = (load_replies()("session.forgotten") if said.forgotten else "") + spoken(answer.text)
    return {"turn": said.turn, "html": html, "say": say, "question": answer.question, "conversation": said.key}


def _failed(turn: str, message: str, next_step: str) -> Update:
    return {"turn": turn, "html": problem_html(message, next_step), "say": f"{message}{next_step}", "failed": True}


def create_page(advisor: Advisor, settings: Settings) -> gr.Blocks:
    """The Blocks app, not yet mounted."""

    conversations = ConversationStore()

    def ask(event: gr.EventData) -> Iterator[Update]:
        yield from respond(advisor, conversations, event._data or {})

    def restart(event: gr.EventData) -> None:
        conversations.forget(str((event._data or {}).get("conversation") or ""))

    def recalculate(payload: Mapping[str, Any]) -> Update:
        return recalculated(advisor, payload)

    def remembers(payload: Mapping[str, Any]) -> bool:
        return conversations.known(str(payload.get("conversation") or "")) is not None

    today = settings.today.isoformat() if isinstance(settings.today, date) else ""
    blocks: gr.Blocks = gr.Blocks(title="就业政策顾问", analytics_enabled=False, fill_width=True)
    with blocks:
        page = gr.HTML(
            html_template=page_html(advisor.regions(), load_replies()("notice"), today, MAX_QUESTION),
            js_on_load="".join((ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS),
            apply_default_css=False,
            elem_id="advisor",
            server_functions=[recalculate, remembers],
        )
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        page.ask(ask, None, [page], trigger_mode="once", concurrency_limit=CONCURRENCY, **quiet)
        page.restart(restart, None, None, queue=False, **quiet)
    blocks.queue(max_size=WAITING_ROOM, default_concurrency_limit=CONCURRENCY)
    return blocks


def theme() -> gr.Theme:
    """Gradio's plainest theme with fonts of the reader's own machine."""
    return gr.themes.Base(font=[*SYSTEM_FONTS], font_mono=["monospace"])
