"""Where one question of a message ends and the next begins."""

from __future__ import annotations

import pytest

from bot.understanding.parts import split_parts, split_questions


@pytest.mark.parametrize(
    ("message", "story", "questions"),
    [
        ("济南稳岗返还返多少？到哪天为止？", "", ("济南稳岗返还返多少", "到哪天为止")),
        ("潍坊的贷款一家最多批多少、利息高不高", "", ("潍坊的贷款一家最多批多少", "利息高不高")),
        ("两件事：1、口罩厂开工补多少；2、失业金按几成发", "", ("口罩厂开工补多少", "失业金按几成发")),
        ("公积金的事：头一回缴给多少，买房能贷多少。另外租房补多少也说说", "公积金的事", ("头一回缴给多少", "买房能贷多少", "租房补多少")),
        ("新招了3个毕业生，签两年。一次性补我多少？再就是最低工资是多少", "新招了3个毕业生，签两年", ("一次性补我多少", "最低工资是多少")),
        ("骑手意外险每人200对吧？贷款能到5000万是吧？", "", ("骑手意外险每人200对吧", "贷款能到5000万是吧")),
        ("一户顶多批多少？利钱呢", "", ("一户顶多批多少", "利钱呢")),
    ],
)  # fmt: skip
def test_each_question_is_a_part_and_the_story_is_shared(message: str, story: str, questions: tuple[str, ...]) -> None:
    found = split_parts(message)
    assert (found.story, found.questions) == (story, questions)


@pytest.mark.parametrize(
    "message",
    [
        "招了5个应届生，能领多少？一共多少？",  # leans on the question before
        "两样各补多少，加起来多少",
        "去年一个没裁，不是什么重点项目，交了8万6，能返多少",  # 「什么」 told, not asked
        "我正领着失业金呢，想问一个月多少",
        "收了几个毕业生见习，单位补多少",
        "场地要拿多少平出来免费给毕业生、返乡农民工用",  # a list
        "每人补多少，哪个划算",
        "济南稳岗返还的标准",
    ],
)
def test_what_asks_one_thing_stays_whole(message: str) -> None:
    assert split_questions(message) == (message,)


def test_nothing_of_a_message_is_lost() -> None:
    message = "我在济南开店，招了2个人。补多少？合同要签多久？都是今年毕业的"
    found = split_parts(message)
    assert "".join((found.story, *found.questions)).replace("，", "") == message.replace("，", "").replace("。", "").replace(
        "？", ""
    )


def test_more_questions_than_can_be_answered_at_once_stay_one_message() -> None:
    message = "？".join(f"第{n}项补贴给多少钱" for n in "一二三四五六七八")
    assert split_questions(message) == (message,)


def test_two_different_things_with_one_asking_word_are_two_questions() -> None:
    asked = "单户授信最高额度及优惠利率上限分别是多少"
    assert split_questions(asked) == ("单户授信最高额度是多少", "优惠利率上限是多少")
    assert split_questions("初级标准和中级标准各是多少") == ("初级标准和中级标准各是多少",)
