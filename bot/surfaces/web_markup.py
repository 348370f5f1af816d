"""The page's own markup around the conversation: head, first screen, composer, templates that the script fills."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STANDING_NOTICE = "答复由程序自动生成，以部门审核为准"
EXAMPLES = (
    "我在济南开了家小公司，今年新招了6个应届大学生，合同签两年，能领多少补贴？",
    "我们厂去年一个人没裁，参保35人，交了8万失业保险，能返还多少？",
    "济南大学生毕业三年内创业，担保贷款最多能贷多少？",
    "潍坊小微企业招高校毕业生，给补社保吗？",
    "济南应届毕业生交公积金有什么补贴？",
    "济南最低工资现在多少？",
)
STAGES = ("看懂问题", "查找条款", "写出答复", "逐字核对原文")
# Between turns that this page still shows and the first one that the advisor knows nothing of before.
_BREAK_TEMPLATE = '<template class="break-template"><p class="break">以上是之前的对话，只供查看；系统已经不记得里面的情况，接着问请再说一遍。</p></template>'
_LOGO = (
    '<svg class="logo" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true"><rect width="40" height="40" rx="9" fill="#1b4a8a"/>'
    '<path d="M11 9.5h13l5 5V31H11z" fill="#fff"/><path d="M24 9.5v5h5" fill="none" stroke="#1b4a8a" stroke-width="1.6"/>'
    '<path d="M15 21.2l3.6 3.6 6.6-7.2" fill="none" stroke="#1b4a8a" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


def page_html(regions: Sequence[tuple[str, str]], notice: str, today: str = "", limit: int = 1000) -> str:
    """Everything on the page before the first question.

    ``regions``: (code, name) of the regions with documents; ``today``: a fixed day in ISO form, '' for the reader's own;
    ``limit``: characters of a question.
    """
    return (
        '<a class="skip" href="#advisor-question">跳到提问框</a>'
        f"{_head_html()}"
        f'<div class="page">{_welcome_html(regions, notice)}<div class="turns"></div></div>'
        f"{_composer_html(regions, today, limit)}"
        '<p class="announce sr-only" role="status" aria-live="polite"></p>'
        f"{_turn_template()}{_BREAK_TEMPLATE}"
    )


def _head_html() -> str:
    return f'<header class="top"><div class="top-in">{_LOGO}<div class="brand"><h1>就业政策顾问</h1><p>查条款、算金额，句句有原文</p></div></div></header>'


def _welcome_html(regions: Sequence[tuple[str, str]], notice: str) -> str:
    names = "、".join(escape(name) for _, name in regions)
    chips = "".join(
        f'<li><button type="button" class="example" data-say="{escape(e)}">{escape(e)}</button></li>' for e in EXAMPLES
    )
    return (
        '<section class="welcome"><h2>直接说您的情况，就能查到能享受哪些就业政策</h2>'
        '<ul class="promises"><li><strong>有出处</strong>每个答复都附条款原文、文号和印发日期</li>'
        "<li><strong>看期限</strong>按您选的日期说明还有没有效</li><li><strong>算得清</strong>金额逐步列出算法，可以改数重算</li></ul>"
        f'<h3 id="examples-title">大家常问</h3><ul class="examples" aria-labelledby="examples-title">{chips}</ul>'
        f'<p class="coverage">目前收录：{names}的就业政策文件。不需要提供姓名、证件号和手机号。</p><p class="coverage">{escape(notice)}</p></section>'
    )


def _composer_html(regions: Sequence[tuple[str, str]], today: str, limit: int) -> str:
    options = '<option value="">不限</option>' + "".join(f'<option value="{escape(c)}">{escape(n)}</option>' for c, n in regions)
    return (
        '<form class="composer" aria-label="提问"><div class="composer-in"><div class="scope">'
        f'<label class="scope-item"><span>地区</span><select name="region">{options}</select></label>'
        f'<label class="scope-item"><span>适用日期</span><input type="date" name="as_of" min="1990-01-01" max="2100-12-31" data-today="{escape(today)}"></label>'
        '<span class="scope-hint">按这一天的规定回答</span></div>'
        '<button type="button" class="button quiet new" title="清空对话，接待下一位（按两次 Alt+N）" aria-keyshortcuts="Alt+N" hidden>新对话</button>'
        '<p class="alert" role="status" hidden></p>'
        '<div class="write"><label class="sr-only" for="advisor-question">您的问题</label>'
        f'<textarea id="advisor-question" name="question" rows="1" data-limit="{limit}" placeholder="说说您的情况，或想办的事" enterkeyhint="send"></textarea>'
        '<button type="submit" class="button send"><span>发送</span></button></div>'
        f'<p class="standing"><span>{STANDING_NOTICE}</span><span class="keys">回车发送，Shift+回车换行</span></p></div></form>'
    )


def _turn_template() -> str:
    stages = "".join(f"<li>{s}</li>" for s in STAGES)
    return (
        '<template class="turn-template"><article class="turn"><h2 class="question"><span class="sr-only">您问：</span><span class="words"></span></h2>'
        '<p class="masked" hidden>您写的号码已换成 ×××：答复用不到它，系统也没有保存。</p>'
        f'<div class="answer"><div class="pending"><p>正在查文件</p><ol>{stages}</ol><div class="found"></div></div></div></article></template>'
    )
