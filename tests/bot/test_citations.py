"""Tokens become marks, marks point to citations, and every citation can be checked against the text."""

from __future__ import annotations

from datetime import date

import pytest

from bot.citations import citation_for, render
from knowledge.base import KnowledgeBase

DAY = date(2023, 10, 15)


def quotes_of(knowledge: KnowledgeBase, count: int) -> list[tuple[str, str]]:
    return [(p.measure, p.quote) for p in knowledge.points[:: len(knowledge.points) // count]][:count]


def test_marks_are_numbered_in_order_of_use_and_only_what_is_used_is_cited(knowledge: KnowledgeBase) -> None:
    quotes = quotes_of(knowledge, 4)
    done = render("甲[M3]，乙[M1]，丙[M3]。", quotes, knowledge, DAY)
    assert done.text == "甲[1]，乙[2]，丙[1]。"
    assert [(c.n, c.measure, c.quote) for c in done.citations] == [(1, *quotes[2]), (2, *quotes[0])]
    assert done.number_of == {2: 1, 0: 2}


def test_the_same_quote_twice_is_one_citation_and_a_mark_is_not_repeated(knowledge: KnowledgeBase) -> None:
    quote = quotes_of(knowledge, 1)[0]
    done = render("甲[M1][M2][M1]。乙[M2]。", [quote, quote], knowledge, DAY)
    assert done.text == "甲[1]。乙[1]。"
    assert len(done.citations) == 1


@pytest.mark.parametrize("token", ["[M0]", "[M9]", "[M007]"])
def test_tokens_that_stand_for_nothing_are_dropped(knowledge: KnowledgeBase, token: str) -> None:
    done = render(f"甲{token}。", quotes_of(knowledge, 2), knowledge, DAY)
    assert (done.text, done.citations) == ("甲。", ())


def test_other_brackets_stay(knowledge: KnowledgeBase) -> None:
    text = "〔2023〕[注] [M] [m1] [1] [7]"
    done = render(text, quotes_of(knowledge, 1), knowledge, DAY)
    assert (done.text, done.citations) == (text, ())


def test_a_citation_holds_everything_a_reader_checks(knowledge: KnowledgeBase) -> None:
    for point in knowledge.points[::7]:
        measure = knowledge.library.measures[point.measure]
        document = knowledge.library.document_of(point.measure)
        c = citation_for(knowledge, 1, point.measure, point.quote, DAY)
        assert document.text[c.start : c.end] == c.quote == point.quote
        assert measure.start <= c.start < c.end <= measure.end
        assert (c.document, c.title, c.doc_no, c.issuer, c.issued, c.label) == (
            document.id, document.title, document.doc_no, document.issuer, document.issued, measure.label,
        )  # fmt: skip
        validity = knowledge.validity(point.measure, point.quote, DAY)
        assert (c.valid_until, c.in_force) == (validity.until, validity.in_force)


def test_unknown_measures_and_words_are_errors(knowledge: KnowledgeBase) -> None:
    measure, quote = quotes_of(knowledge, 1)[0]
    with pytest.raises(KeyError):
        citation_for(knowledge, 1, "no-such/1", quote, DAY)
    with pytest.raises(ValueError, match="substring"):
        citation_for(knowledge, 1, measure, quote + "某", DAY)
