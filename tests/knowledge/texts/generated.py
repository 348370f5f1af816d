"""Documents that nobody wrote: generated with every numbering system, with the measures they must parse to."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

_CLAUSES = (
    "经办机构应当在受理后及时答复", "申请人对材料的真实性负责", "有关单位应当共享信息", "服务网点向社会公布", "鼓励社会力量参与", "建立健全工作台账",
    "不得增加申请人的负担", "按照规定的程序办理", "加强宣传引导", "对提出的意见应当研究", "统筹用好现有资源", "定期开展回访",
    "每人每年补助1200元", "比例不低于60%", "连续服务满12个月", "名额为35个", "自公布后30日内完成",
)  # fmt: skip
_TITLES = (
    "规范窗口服务",
    "畅通反映渠道",
    "完善信息共享",
    "加强队伍建设",
    "强化监督检查",
    "优化办理流程",
    "健全协调机制",
    "做好宣传解读",
)
_HEADINGS = ("总体安排", "服务对象和内容", "主要任务", "组织实施", "保障措施", "监督管理")
_DIGITS = "零一二三四五六七八九"
STYLES = ("bracket", "bracket_restarting", "arabic", "article", "section")


def chinese(n: int) -> str:
    """1 … 99 in Chinese."""
    tens, ones = divmod(n, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True)
class Generated:
    """Clean paragraphs of a document, and (number, marker, title) of each measure in order."""

    style: str
    paragraphs: tuple[str, ...]
    measures: tuple[tuple[int, str, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def sentences() -> st.SearchStrategy[str]:
    """One to three sentences."""
    one = st.lists(st.sampled_from(_CLAUSES), min_size=1, max_size=3).map(lambda parts: "，".join(parts) + "。")
    return st.lists(one, min_size=1, max_size=3).map("".join)


@st.composite
def documents(draw: st.DrawFn, styles: tuple[str, ...] = STYLES) -> Generated:
    """A document of one style: 2–4 sections of 1–4 measures, some with lists, with header, preamble and signature."""
    style = draw(st.sampled_from(styles))
    lines = [
        "青禾市便民服务工作办法",
        "青政发〔2031〕8号",
        "各区县人民政府，市政府各部门：",
        "为了方便群众办事，" + draw(sentences()),
    ]
    measures: list[tuple[int, str, str]] = []
    number = 0
    for section in range(1, draw(st.integers(2, 4)) + 1):
        heading = draw(st.sampled_from(_HEADINGS))
        if style == "article":
            lines.append(f"第{chinese(section)}章{heading}")
        elif style != "section":
            lines.append(f"{chinese(section)}、{heading}")
        number = 0 if style == "bracket_restarting" else number
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            marker = {"arabic": f"{number}.", "article": f"第{chinese(number)}条", "section": f"{chinese(number)}、"}.get(
                style, f"（{chinese(number)}）"
            )
            title = "" if style == "article" else draw(st.sampled_from(_TITLES))
            lines.append(marker + (f"{title}。" if title else "") + draw(sentences()))
            measures.append((number, marker, title))
            lines += draw(_inside(style))
    lines += ["青禾市人民政府", "2031年3月9日"]
    return Generated(style, tuple(lines), tuple(measures))


@st.composite
def _inside(draw: st.DrawFn, style: str) -> list[str]:
    """What may stand inside a measure: a further paragraph, or a list with another system's markers."""
    kind = draw(st.sampled_from(("nothing", "nothing", "paragraph", "list")))
    if kind == "paragraph":
        return [draw(sentences())]
    if kind == "list":
        count = draw(st.integers(2, 5))
        marks = [f"{i}." if style.startswith("bracket") else f"（{chinese(i)}）" for i in range(1, count + 1)]
        return [mark + draw(sentences()) for mark in marks]
    return []


@st.composite
def untidy(draw: st.DrawFn, document: Generated) -> str:
    """The same document as it comes from a web page or a scan: spaces in words, wide digits, furniture, blank lines."""
    wide = str.maketrans("0123456789%.", "０１２３４５６７８９％．")
    lines: list[str] = []
    for paragraph in document.paragraphs:
        if draw(st.booleans()):
            paragraph = paragraph.translate(wide)
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(1, len(paragraph) - 1))
            if not (paragraph[at - 1].isdigit() or paragraph[at].isdigit() or "." in paragraph[at - 1 : at + 1]):
                paragraph = paragraph[:at] + draw(st.sampled_from((" ", "　", "  "))) + paragraph[at:]
        lines.append(draw(st.sampled_from(("", "　　", "  "))) + paragraph)
        lines += draw(st.sampled_from(([], [], [""], ["—9—"], ["", "- 12 -", ""], ["第 3 页 共 8 页"])))
    return draw(st.sampled_from(("\n", "\r\n"))).join(lines)
