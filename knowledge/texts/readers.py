"""Files → raw text → canonical text.

Canonical text is what a careful typist would have produced: one paragraph a line, no page furniture,
no spaces inside words, ASCII digits, full-width Chinese punctuation, no Markdown emphasis. Characters
are otherwise those of the source: under NFKC and without white space, canonical paragraphs are
substrings of the source.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.numerals import normalise_width
from knowledge.texts.dates import DAY
from knowledge.texts.normalise import visible

SUPPORTED = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
_CJK = "\u3400-\u9fff\uf900-\ufaff"
_WIDE = f"{_CJK}，。；：？！（）、《》〈〉“”‘’【】〔〕—…·％"
_FURNITURE = re.compile(
    r"^\s*(?:[—–-]+\s*\d{1,4}\s*[—–-]+|第\s*\d+\s*页(?:\s*共\s*\d+\s*页)?|\d{1,3}\s*/\s*\d{1,3}|-{3,}|\*{3,}|_{3,}|\|(?:\s*:?-+:?\s*\|)+|<!--.*?-->)\s*$"
)
# What a web page puts around a document: where one is, buttons, neighbours, who runs the site.
_PAGE = re.compile(
    r"^\s*(?:[【\[［(（]?\s*(?:打印(?:本页|此页)?|关闭(?:窗口|本页)?|收藏(?:本页)?|返回(?:顶部|首页|列表)?|我要纠错|分享到?|字[体号]|[大中小]|下载|纠错|扫一扫[^。]{0,20}|"
    r"视力保护色|无障碍阅读|微信|微博|QQ空间)\s*[】\]］)）：:|/\s]*)+$"
    r"|^\s*(?:(?:您)?(?:现在的|当前|所在)?位置\s*[：:]|上一[篇条]\s*[：:]|下一[篇条]\s*[：:]|浏览(?:次数|量)|点击(?:数|量|率)|阅读(?:次数|量)|"
    r"责任编辑\s*[：:]|版权所有|主办单位?\s*[：:]|承办单位?\s*[：:]|网站(?:地图|标识码)|[\u4e00-\u9fff]?ICP备|[\u4e00-\u9fff]公网安备)[^。]{0,80}$"
)
_PUNCTUATION = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "?": "？", "!": "！"})
_MARKER = re.compile(
    r"^(?:第[一二三四五六七八九十百千零〇\d]+[编章节条]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d{1,3}[．.、](?!\d(?!\d{3}年))|0\d[\u4e00-\u9fff]|附件|特此(?:公告|通知|通告)|(?:问题?|答|[QA])\d*[：:]|抄送|(?:联系|咨询|监督|投诉|举报)?(?:人|电话|方式|地址|传真|邮箱)：)"
)
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SENTENCE_END = "。！？；"
_TITLE_END = re.compile(
    r"^[^，。；]{6,90}(?:通知|意见|方案|办法|规定|细则|决定|公告|条例|措施|政策|规划|计划)(?:（[^（）]{1,12}）)?$"
)
_STANDALONE = re.compile(
    r"^(?:.{0,40}〔\d{4}〕\d+号|[^，。；]{2,30}(?:人民政府|办公厅|办公室|委员会|厅|局)|[^，。；]{0,24}"
    + DAY
    + r"(?:印发)?|[^，。；]{0,40}\d{4}-\d{1,2}-\d{1,2}|(?:一图读懂|图解|政策(?:解读|问答))[^，。；]{0,40}|附(?:件|表|录)[一二三四五六七八九十\d]{0,3}|[^，。；]{2,20}文件|\|.*\||"
    r"\d{4}年\d{1,2}月\d{1,2}日[^，。；]{0,60}(?:通过|批准|公布|发布|施行|实施|修正|修订))$"
)


def read_file(path: Path) -> str:
    """Return the raw text of a file.

    :raises DocumentError: unreadable, unsupported, empty, or an image-only PDF.
    """
    if not path.is_file():
        raise DocumentError(f"找不到文件 {path}。请检查路径，再运行：advisor ingest <路径>")
    suffix = path.suffix.lower()
    if suffix not in SUPPORTED:
        raise DocumentError(f"不支持的文件类型 {suffix or '（无后缀）'}：{path}。可用：{'、'.join(SUPPORTED)}")
    try:
        raw = _READERS[suffix](path)
    except DocumentError:
        raise
    except Exception as problem:  # third-party parsers raise anything; the file is the thing to name
        raise DocumentError(f"无法读取 {path}（{type(problem).__name__}: {problem}）。请另存为 txt 后重试。") from problem
    if not re.search(f"[{_CJK}A-Za-z]", raw):
        hint = "可能是扫描图片，没有文字层；请先做文字识别（OCR）" if suffix == ".pdf" else "文件里没有文字"
        raise DocumentError(f"{path} 是空的：{hint}。")
    return raw


def _plain(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise DocumentError(f"无法识别 {path} 的编码（试过 UTF-8、GB18030、UTF-16）。请另存为 UTF-8。")


class _Text(HTMLParser):
    """Visible text with a line break at each block element and a bar between the cells of a table."""

    _CELLS = frozenset({"td", "th"})
    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section"})
    _HIDDEN = frozenset({"script", "style", "head", "nav", "footer"})

    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in self._HIDDEN
        if tag in self._BLOCKS:
            self.out.append("\n|" if tag == "tr" else "\n")
        if re.fullmatch("h[1-6]", tag):
            self.out.append("# ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in self._HIDDEN and self._hidden > 0
        if tag in self._CELLS:
            self.out.append("|")
        if tag in self._BLOCKS:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.out.append(data)


def _html(path: Path) -> str:
    parser = _Text()
    parser.feed(_plain(path))
    parser.close()
    return "\n".join(_row_or_text(line) for line in "".join(parser.out).split("\n"))


def _row_or_text(line: str) -> str:
    """A row of several cells keeps its bars; a page laid out in one table is text."""
    line = line.strip()
    is_row = line.startswith("|") and line.endswith("|") and line.count("|") > 2
    return line if is_row else line.strip("| ")


def _pdf(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() or "" for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


def _docx(path: Path) -> str:
    from docx import Document as Docx

    document = Docx(str(path))
    lines: list[str] = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):  # a table: one line a row, cells kept apart so that two figures do not become one
            for row in block.rows:
                cells = {id(cell._tc): " ".join(cell.text.split()) for cell in row.cells}  # a merged cell comes once a column
                lines.append(_row_or_text("|" + "|".join(cells.values()) + "|"))
        else:
            heading = re.match(r"heading|标题", block.style.name or "", re.I) if block.style else None
            lines.append(f"# {block.text}" if heading else block.text)
    return "\n".join(lines)


_READERS = {".txt": _plain, ".md": _plain, ".html": _html, ".htm": _html, ".pdf": _pdf, ".docx": _docx}


def canonicalise(raw: str) -> str:
    """Raw text → canonical text (paragraphs joined by one newline, no trailing newline)."""
    text = normalise_width(visible(_BREAKS.sub("\n", raw)))
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    if text.count(";　") > text.strip().count("\n"):  # 「;　　」 is the line break of one-line exports
        text = re.sub(r"\s*;\s*(?=　|;|\n|$)|(?<=[^\s]) ;", "\n", text)
    lines = [_clean_line(line) for line in text.split("\n") if not (_FURNITURE.match(line) or _PAGE.match(line))]
    width = _wrap_width([line for line, _ in lines])
    paragraphs: list[str] = []
    last, after_heading = "", False
    for line, is_heading in lines:
        if not line:
            continue
        if paragraphs and not (is_heading or after_heading) and _continues(paragraphs[-1], last, line, width):
            paragraphs[-1] = _tidy(paragraphs[-1] + line)
        else:
            paragraphs.append(line)
        last, after_heading = line, is_heading
    return "\n".join(paragraphs)


def _wrap_width(lines: list[str]) -> int | None:
    """The column at which a hard-wrapped text breaks its lines; None when a line is a paragraph."""
    lengths = [len(line) for line in lines if len(line) >= 12]
    if len(lengths) < 8:
        return None
    width, _ = Counter(lengths).most_common(1)[0]
    near = [line for line in lines if abs(len(line) - width) <= 3]
    broken = sum(line[-1] not in _SENTENCE_END for line in near)  # paragraphs that happen to be of one length end in 。
    beyond = sum(length > width + 3 for length in lengths)  # no line of a hard-wrapped text goes far past the column
    wrapped = len(near) > len(lengths) / 2 and broken > len(near) / 2 and beyond <= len(lengths) / 10
    return width if width <= 60 and wrapped else None


def _clean_line(line: str) -> tuple[str, bool]:
    """Strip Markdown and inner spaces; say whether the line was a Markdown heading or hard break."""
    heading = bool(re.match(r"\s*#{1,6}\s", line))
    line = re.sub(r"^\s*#{1,6}\s+", "", line)
    line = re.sub(r"\*\*|__|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", "", line)
    if _ROW.match(line):
        line = re.sub(r"\s*\|\s*", "|", line)
    return _tidy(line.strip()), heading


def _tidy(line: str) -> str:
    line = re.sub(r"^(\d{1,3})\s+(?=[．.、](?!\d))", r"\1", line)  # 「1 .发放」 of a scan
    line = re.sub(rf"(?<=[{_WIDE}])\s+|\s+(?=[{_WIDE}])", "", line)
    line = re.sub(rf"(?<=[{_WIDE}\d])\s+(?=\d)|(?<=\d)\s+(?=[{_WIDE}])", "", line)
    line = re.sub(r"[ \t\u00a0\u3000]+", " ", line)
    for _ in range(2):  # 「):」: the second mark is in Chinese context once the first has been widened
        line = re.sub(rf"(?<=[{_WIDE}\w%])[,;:()?!]|[,;:()?!](?=[{_WIDE}])", _widen, line)
        line = re.sub(rf"(?<=[{_WIDE}]) +| +(?=[{_WIDE}])", "", line)
    return line


def _widen(match: re.Match[str]) -> str:
    """Chinese punctuation in Chinese context; 「www.osta.org.cn:80」 and 「1,000」 stay as they are."""
    text, i = match.string, match.start()
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    if before.isascii() and after.isascii() and before.strip() and after.strip() and match.group() in ",:?":
        return match.group()
    return match.group().translate(_PUNCTUATION)


def _continues(paragraph: str, last: str, line: str, width: int | None) -> bool:
    """Whether ``line`` goes on with ``paragraph``, whose last source line is ``last``.

    Page breaks cut sentences in every kind of source; hard-wrapped sources also cut at the column, so
    a line that fills the column goes on even when a sentence happens to end there.
    """
    if _MARKER.match(line):
        return False
    if paragraph.count("（") > paragraph.count("）") or paragraph.count("《") > paragraph.count("》"):
        return True
    if _STANDALONE.match(last) or _STANDALONE.match(line) or _TITLE_END.match(paragraph):
        return False
    full = width is not None and len(last) >= width - 2
    if paragraph[-1] in _SENTENCE_END:
        return full
    if paragraph[-1] == "：":
        return False
    if paragraph[-1] == "）":
        return full and not paragraph.endswith(("负责）", "配合）"))
    return full or not _SECTION_HEADING.match(paragraph)


_SECTION_HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[编章节]|[一二三四五六七八九十]+、|0\d(?=[\u4e00-\u9fff]))[^。]{1,60}$"
)
