"""Generated personal numbers in running Chinese text are all masked, and nothing else is."""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.privacy import MASK, is_bank_card, is_identity_number, is_landline, is_phone_number, mask

SEED = 20231015
PERSONAL = 3000
PUBLIC = 3000
MOBILE_PREFIXES = (
    "130",
    "131",
    "132",
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "145",
    "147",
    "150",
    "151",
    "152",
    "155",
    "157",
    "158",
    "159",
    "166",
    "170",
    "176",
    "177",
    "178",
    "180",
    "185",
    "186",
    "188",
    "189",
    "191",
    "198",
    "199",
)
REGIONS = (
    "370102",
    "370103",
    "370112",
    "370181",
    "370702",
    "370724",
    "370783",
    "110101",
    "310115",
    "440305",
    "510104",
    "610113",
    "230102",
    "532901",
    "650102",
)
AREA_CODES = ("010", "020", "021", "022", "0531", "0532", "0536", "0539", "0371", "0755", "0898", "0991")
CARD_PREFIXES = ("622202", "621700", "622848", "622588", "623058", "621226", "356889", "436742", "524094", "601382")


def _identity(rng: random.Random) -> str:
    day = date(1945, 1, 1) + timedelta(days=rng.randrange(22000))
    body = f"{rng.choice(REGIONS)}{day:%Y%m%d}{rng.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _mistyped_identity(rng: random.Random) -> str:
    right = _identity(rng)
    return right[:17] + rng.choice([c for c in "0123456789" if c != right[17]])


def _old_identity(rng: random.Random) -> str:
    day = date(1945, 1, 1) + timedelta(days=rng.randrange(18000))
    return f"{rng.choice(REGIONS)}{day:%y%m%d}{rng.randrange(1000):03d}"


def _mobile(rng: random.Random) -> str:
    return f"{rng.choice(MOBILE_PREFIXES)}{rng.randrange(10**8):08d}"


def _landline(rng: random.Random) -> str:
    return f"{rng.choice(AREA_CODES)}-{rng.randrange(2, 9)}{rng.randrange(10**7):07d}"


def _card(rng: random.Random) -> str:
    body = rng.choice(CARD_PREFIXES)
    body += "".join(rng.choice("0123456789") for _ in range(rng.choice([15, 18]) - len(body)))
    total = sum(n - 9 if n > 9 else n for n in (int(d) * (1 if i % 2 else 2) for i, d in enumerate(reversed(body))))
    return body + str(-total % 10)


def _passport(rng: random.Random) -> str:
    letter = rng.choice("EEEEG")
    return f"{letter}{rng.randrange(10**8):08d}" if rng.random() < 0.7 else f"E{rng.choice('ABCDEFGH')}{rng.randrange(10**7):07d}"


def _email(rng: random.Random) -> str:
    name = rng.choice(["zhang.san", "li_si88", "wangwu1990", "10086wang", "a-b", "Chen", f"{rng.randrange(10**6, 10**10)}"])
    return f"{name}@{rng.choice(['qq.com', '163.com', 'sina.com.cn', 'gmail.com', 'jinan.gov.cn', 'foxmail.com'])}"


NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "identity": _identity, "mistyped": _mistyped_identity, "old": _old_identity, "mobile": _mobile,
    "landline": _landline, "card": _card, "passport": _passport, "email": _email,
}  # fmt: skip
GROUPS = {
    "identity": (6, 8, 4),
    "mistyped": (6, 8, 4),
    "old": (6, 6, 3),
    "mobile": (3, 4, 4),
    "card": (4, 4, 4, 4, 4),
    "passport": (1, 4, 4),
}


def _split(number: str, sizes: tuple[int, ...], mark: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return mark.join(p for p in [*parts, number[at:]] if p)


def _written(rng: random.Random, kind: str, number: str) -> str:
    """One of the ways in which people write a number of this kind."""
    ways: list[Callable[[], str]] = [
        lambda: number,
        lambda: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in number),
    ]
    if kind in GROUPS:
        ways += [lambda: _split(number, GROUPS[kind], rng.choice([" ", "-", "—", ".", "  ", " - ", "·", "\u3000"]))]
        ways += [lambda: "".join(c + rng.choice(["", "\u200b", "\u200d", "\ufeff"]) for c in number[:-1]) + number[-1]]
    if kind in ("identity", "mistyped", "old", "mobile", "card"):
        ways += [lambda: rng.choice([" ", "-", "."]).join(number)]
        if kind != "old":
            ways += [
                lambda: number.translate(
                    str.maketrans(
                        "0123456789", rng.choice(["零一二三四五六七八九", "〇幺二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"])
                    )
                )
            ]
        ways += [lambda: number[:3] + number[3:7].translate(str.maketrans("0123456789", "零一二三四五六七八九")) + number[7:]]
    if kind == "identity":
        ways += [lambda: number.lower(), lambda: number.replace("X", "Ｘ"), lambda: number[:17] + " " + number[17]]
    if kind == "mobile":
        ways += [
            lambda: f"+86 {number}",
            lambda: f"86-{number}",
            lambda: f"(+86){number}",
            lambda: f"0086{number}",
            lambda: f"{number[:3]} {number[3:]}",
        ]
    if kind == "landline":
        area, local = number.split("-")
        ways += [
            lambda: f"（{area}）{local}",
            lambda: area + local,
            lambda: f"{area} {local[:4]} {local[4:]}",
            lambda: f"({area}){local}",
        ]
    if kind == "email":
        ways = [
            *ways[:1],
            lambda: number.replace("@", " @ "),
            lambda: number.replace("@", "＠"),
            lambda: number.replace("@", "(at)"),
        ]
    if kind == "passport":
        ways += [lambda: number.lower()]
    return rng.choice(ways)()


CONTEXTS = [
    "我的手机是{}麻烦回个电话，应届生补贴啥时候发", "身份证{}能领吗", "俺叫王强{}在济南打工", "打{}找我就行", "联系我{}，公司在历下区",
    "查一下{}这个人交没交社保", "卡号{}钱打这里吧", "{}是我老公的号，他失业了", "老板电话{}一直没人接", "请把补贴打到{}谢谢",
    "我有三个员工，其中一个{}刚来", "身份证号：{}，2023年毕业", "证件{}和手机都填了还是不行", "我{}今年56岁", "（{}）这是我的", "加我{}细说",
    "登记的是{}，1000元到账了没", "帮查{}。另外济政办发〔2023〕10号还有效吗", "您好，{}，想问6个人能领多少", "把{}改成新的", "她的号{}你记一下",
    "用{}注册过，忘了密码", "收款{}，共6000元", "补贴打错了，应该是{}这个", "两个人，{}还没批", "号是{}不是别的", "原来用{}现在换了",
]  # fmt: skip


def _plain_digits(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(
        str.maketrans("零〇一幺二三四五六七八九壹贰叁肆伍陆柒捌玖", "0011" + "23456789" + "123456789")
    )
    return re.sub(r"[^0-9A-Za-z@]", "", text).lower()


def _personal_texts() -> list[tuple[str, str, str, str]]:
    rng = random.Random(SEED)
    rows = []
    for i in range(PERSONAL):
        kind = list(NUMBERS)[i % len(NUMBERS)]
        number = NUMBERS[kind](rng)
        context = rng.choice(CONTEXTS)
        rows.append((kind, number, context, context.format(_written(rng, kind, number))))
    return rows


def test_no_personal_number_leaks() -> None:
    leaks = []
    for kind, number, context, text in _personal_texts():
        left = _plain_digits(mask(text).text.replace(MASK, "#"))
        around = _plain_digits(context)
        secret = _plain_digits(number)
        rest = [
            secret[i : i + 5] for i in range(len(secret) - 4) if secret[i : i + 5] in left and secret[i : i + 5] not in around
        ]
        if rest or MASK not in mask(text).text:
            leaks.append((kind, text, mask(text).text))
    assert leaks == []


def test_the_text_around_a_number_stays() -> None:
    eaten = [(text, mask(text).text) for _, _, context, text in _personal_texts() if mask(text).text != context.format(MASK)]
    assert len(eaten) <= PERSONAL * 0.01, eaten[:5]


CLEAN: list[Callable[[random.Random], str]] = [
    lambda r: f"{r.choice(['济政办发', '鲁政发', '潍政办发', '国办发', '鲁人社发', '济人社字'])}〔{r.randrange(2015, 2026)}〕{r.randrange(1, 200)}号还有效吗",
    lambda r: f"{r.choice(['国发', '人社部发'])}[{r.randrange(2015, 2026)}]{r.randrange(1, 99)}号文第{r.randrange(1, 30)}条怎么说",
    lambda r: f"补贴一共{r.randrange(100, 10**7):,}元，{r.randrange(1, 99)}个人分",
    lambda r: f"去年交了{r.randrange(10**3, 10**8)}.{r.randrange(100):02d}元失业保险费",
    lambda r: f"贷款{r.randrange(1, 3000)}万元，期限{r.randrange(1, 4)}年，利率{r.randrange(1, 9)}.{r.randrange(10, 99)}%",
    lambda r: f"营业额￥{r.randrange(10**6, 10**11)}，利润¥{r.randrange(10**5, 10**9)}",
    lambda r: f"{r.randrange(2015, 2030)}年{r.randrange(1, 13)}月{r.randrange(1, 29)}日签的，到{r.randrange(2015, 2030)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}",
    lambda r: f"{r.randrange(2015, 2030)}{r.randrange(1, 13):02d}{r.randrange(1, 29):02d}-{r.randrange(2015, 2030)}{r.randrange(1, 13):02d}{r.randrange(1, 29):02d}在职",
    lambda r: f"{r.randrange(2015, 2030)}/{r.randrange(1, 13)}/{r.randrange(1, 29)} {r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}提交的",
    lambda r: f"二〇{r.choice('一二')}{r.choice('零一二三四五六七八九')}年十二月三十一日前",
    lambda r: f"从{r.randrange(2000, 2020)}到{r.randrange(2020, 2035)}年，16-24岁青年，{r.randrange(1, 100)}%返还",
    lambda r: f"{r.randrange(2018, 2024)} {r.randrange(2018, 2024)} {r.randrange(2018, 2024)} {r.randrange(2018, 2024)}四年都交了",
    lambda r: f"培训{r.randrange(8, 400)}学时，每学时{r.randrange(1, 20)}元，共{r.randrange(40, 9999)}元",
    lambda r: f"索引号：{r.choice(['11370100004188591X', '000014349', '11370700004275231K'])}/{r.randrange(2015, 2026)}-{r.randrange(10**5):05d}",
    lambda r: f"规范性文件登记号 JNCR-{r.randrange(2015, 2026)}-{r.randrange(10**7):07d}",
    lambda r: f"信用代码91370{r.randrange(100, 999)}MA{r.choice('3CDEF')}{r.randrange(10**6):06d}{r.choice('ABCDEXY')}{r.randrange(9)}的企业",
    lambda r: f"订单号{r.randrange(10**11, 10**12)}，发票号码{r.randrange(10**7, 10**8)}",
    lambda r: f"可以打{r.choice(['12333', '12345', '12366', '400-' + str(r.randrange(100, 999)) + '-' + str(r.randrange(1000, 9999)), '95588', '0531-12345', '96669'])}问问",
    lambda r: f"GB/T {r.randrange(1000, 50000)}-{r.randrange(2000, 2026)}，ISO{r.randrange(9000, 20000)}",
    lambda r: f"邮编{r.choice(['250000', '261000', '250101'])}，区划{r.choice(['370100', '370700'])}，{r.randrange(10**5, 10**6)}人次",
    lambda r: f"网址www.osta.org.cn，端口{r.randrange(1000, 65536)}，版本{r.randrange(1, 9)}.{r.randrange(20)}.{r.randrange(20)}",
    lambda r: f"招了{r.choice('一二三四五六七八九')}个，一共{r.choice('一二三四五六七八九')}千{r.choice('一二三四五六七八九')}百元，百分之{r.choice('一二三四五六')}十",
    lambda r: f"第{r.randrange(1, 27)}条、第{r.randrange(1, 27)}条、第{r.randrange(1, 27)}条都看了，{r.randrange(1, 13)}个月{r.randrange(100, 9999)}元",
    lambda r: f"面积{r.randrange(10, 999)}.{r.randrange(99)}平，电表{r.randrange(10**4, 10**6)}，工号{r.randrange(10**3, 10**6)}",
]  # fmt: skip


def test_what_is_public_stays() -> None:
    rng = random.Random(SEED + 1)
    texts = [CLEAN[i % len(CLEAN)](rng) for i in range(PUBLIC)]
    false = [(t, mask(t).text) for t in texts if mask(t).text != t]
    assert len(false) <= PUBLIC * 0.01, false[:10]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我电话13800138000一直打不通", "我电话×××一直打不通"),
        ("身份证37010219900307123X能领吗", "身份证×××能领吗"),
        ("幺三八洞洞幺三八洞洞洞是我", "×××是我"),
        ("1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣好", "×××好"),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", "×××"),
        ("座机51705937找老李", "座机×××找老李"),
        ("电话12333，或者0531-12345", "电话12333，或者0531-12345"),
        ("微信号zhangsan_88加我", "微信号×××加我"),
        ("关注微信公众号济南人社", "关注微信公众号济南人社"),
        ("港澳通行证H1234567801", "港澳通行证×××"),
        ("手机13800138000和13900139000", "手机×××和×××"),
        ("我的电话是一三八，零零一三，八零零零", "我的电话是×××"),
        ("分别是150、2000、3000元", "分别是150、2000、3000元"),
        ("l38OO138OOO", "×××"),
        ("账户 6222 0212 3456 789", "账户 ×××"),
        ("身份证3 7 0 1 0 2 1 9 9 0 0 3 0 7 1 2 3 X", "身份证×××"),
        ("三七零一零二一九九零零三零七一二三叉在济南", "×××在济南"),
        ("统一社会信用代码 913701007060765432", "统一社会信用代码 913701007060765432"),
        ("没有号码，×××", "没有号码，×××"),
        ("", ""),
    ],
)
def test_examples(text: str, masked: str) -> None:
    assert mask(text).text == masked


def test_masking_twice_changes_nothing() -> None:
    for _, _, _, text in _personal_texts()[:300]:
        once = mask(text).text
        assert mask(once).text == once


def test_checks_of_single_numbers() -> None:
    rng = random.Random(SEED)
    assert is_identity_number(_identity(rng))
    assert not is_identity_number(_mistyped_identity(rng))
    assert is_phone_number(_mobile(rng))
    assert is_landline("053188888888")
    assert not is_landline("053112345")
    assert is_bank_card(_card(rng))


def test_no_input_is_slow() -> None:
    for text in ("1 " * 600, "12," * 500, "一" * 1000, "1" * 1500, "a@" * 700, "E" * 1500, "一 1 " * 300, "13800138000 " * 100):
        started = time.perf_counter()
        mask(text)
        assert time.perf_counter() - started < 5, text[:8]


def test_kinds_are_named() -> None:
    assert mask("身份证37010219900307123X，手机13800138000").kinds == ("身份证号", "手机号")
    assert mask("济政办发〔2023〕10号").kinds == ()
