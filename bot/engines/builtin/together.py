"""May two benefits be had together: the verdict first, then the clause that keeps them apart or the word that none does.

An exclusion such as 「该补贴与…不重复享受」 speaks of one hire or one certificate: for two people, or two certificates, there
is no conflict. A question that also asks for sums is answered by the sums (``amounts``).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.builtin.match import Match, match_benefits
from bot.engines.builtin.validity import closing
from bot.engines.builtin.writing import Writer, office_of, quoted
from bot.types import Ask, Draft, Turn, Understanding
from bot.understanding.cues import load_cues
from knowledge.rules.benefits import Exclusion
from knowledge.rules.conditions import Leaf
from knowledge.rules.names import named_at, spoken_at
from knowledge.rules.rulebook import Benefit
from knowledge.texts.normalise import matching_form

NEAR = 0.6  # a benefit that excludes something is meant when it fits this much worse than the best at most


def write(turn: Turn, writer: Writer) -> Draft | None:
    """The verdict; None when the message asks for no such verdict, or does not say which two."""
    u = turn.understanding
    assert u is not None
    cues = load_cues()
    asked = u.ask is Ask.COMBINATION or cues.asks_together(u.question)
    sums = Ask.AMOUNT in cues.wants(u.question) or cues.contrasts(u.question)
    if not asked or sums or u.answers_fact or turn.uncovered or turn.lent:
        return None
    matches = match_benefits(turn, writer.kit.knowledge)
    excluding = [m.benefit for m in matches if m.benefit.spec.exclusions and m.score >= matches[0].score - NEAR]
    if cues.asks_with_what(u.question):
        return _listed(excluding, writer)
    form = matching_form(u.standalone)
    if excluding:
        benefit = _for_those(excluding[0], excluding, form)
        other = _excluded_by(benefit, excluding, u)
        if other is not None:
            return _ruled(benefit, *other, u, writer)
    pair = [_for_those(b, [m.benefit for m in matches], form) for b in _pair(matches, form)]
    return _allowed(pair, writer) if len(pair) == 2 else None


def _for_those(benefit: Benefit, others: Sequence[Benefit], form: str) -> Benefit:
    """Of benefits with one name for different people, the one for the people whom the message names."""
    like = [benefit, *(b for b in others if b is not benefit and (b.stem, b.document) == (benefit.stem, benefit.document))]
    return max(like, key=lambda b: sum(word in form for word in _people(b)))


def _people(benefit: Benefit) -> set[str]:
    """The words for the people whom a benefit asks for."""
    specs = (benefit.facts[f] for f in benefit.needs if benefit.facts[f].about == "hire" and benefit.facts[f].type == "count")
    return {matching_form(word) for s in specs for word in s.nouns}


def _excluded_by(benefit: Benefit, others: Sequence[Benefit], u: Understanding) -> tuple[str, Exclusion | None] | None:
    """What else is spoken of that this benefit, or only another of the like, cannot be had with, and this one's clause."""
    own = next(((n, e) for e in benefit.spec.exclusions for n in e.names if _spoken_of(n, e, benefit, u)), None)
    if own is not None:
        return own
    like = [b for b in others if b.stem == benefit.stem]
    found = (n for b in like for e in b.spec.exclusions for n in e.names if _spoken_of(n, e, b, u))
    name = next(found, None)
    return (name, None) if name is not None else None


def _spoken_of(name: str, exclusion: Exclusion, benefit: Benefit, u: Understanding) -> bool:
    """Whether what a clause excludes is named, in its own or everyday words, or told as a fact."""
    form = matching_form(u.standalone)
    if any(matching_form(word) in form for word in (name, *exclusion.words.get(name, ()))):
        return True
    told = [c.node.fact for c in benefit.conditions if isinstance(c.node, Leaf) and c.quote == exclusion.quote]
    return any(f in u.facts and u.facts[f].value is True for f in told)


def _ruled(benefit: Benefit, name: str, exclusion: Exclusion | None, u: Understanding, writer: Writer) -> Draft:
    """The verdict by the clause of one benefit about what else is spoken of."""
    r = writer.kit.replies
    names = {"one": quoted(benefit.name), "other": quoted(name)}
    if exclusion is None:
        own = benefit.spec.exclusions[0]
        only = "、".join(n for e in benefit.spec.exclusions for n in e.names)
        mark = writer.cite(own.measure or benefit.measure, own.quote)
        writer.say(f"{r('together.not_listed', **names, only=only)}{mark}。")
    else:
        mark = writer.cite(exclusion.measure or benefit.measure, exclusion.quote)
        said = {**names, "unit": r(f"together.unit_{exclusion.per}"), "clause": exclusion.quote}
        apart = load_cues().speaks_of_others(u.question)
        writer.say(f"{r('together.apart' if apart else 'together.not', **said)}{mark}。")
        writer.warn("exclusive", f"{benefit.name}与{name}不能重复享受。")
    return _closed((benefit,), writer)


def _pair(matches: Sequence[Match], form: str) -> tuple[Benefit, ...]:
    """The two benefits that a message names, neither of which any clause keeps from the other, in the order of the message."""
    found: dict[str, tuple[int, Benefit]] = {}
    taken: list[tuple[int, int]] = []
    for match in (*(m for m in matches if m.named), *matches[:1]):  # the nearest is meant as well, by whatever words
        span = named_at(match.benefit, form) or spoken_at(match.benefit, form)
        at = span or (len(form), len(form))
        overlaps = any(a < at[1] and at[0] < b for a, b in taken)
        if match.benefit.stem in found or overlaps or match.benefit.spec.subject in {b.spec.subject for _, b in found.values()}:
            continue
        found[match.benefit.stem] = (at[0], match.benefit)
        taken.append(at)
    chosen = sorted(list(found.values())[:2], key=lambda x: x[0])
    return tuple(b for _, b in chosen)


def _allowed(pair: Sequence[Benefit], writer: Writer) -> Draft:
    writer.say(writer.kit.replies("together.allowed", one=quoted(pair[0].name), other=quoted(pair[1].name)))
    return _closed(pair, writer)


def _listed(benefits: Sequence[Benefit], writer: Writer) -> Draft | None:
    """What each of the benefits under discussion cannot be had with."""
    own = [b for b in benefits if b.stem == benefits[0].stem]
    for benefit in own:
        for exclusion in benefit.spec.exclusions:
            mark = writer.cite(exclusion.measure or benefit.measure, exclusion.quote)
            said = {"one": quoted(benefit.name), "names": "、".join(exclusion.names)}
            writer.say(f"{writer.kit.replies('together.excludes', **said)}{mark}。")
    return _closed(own, writer) if own else None


def _closed(benefits: Sequence[Benefit], writer: Writer) -> Draft:
    """The rule of each benefit, until when it holds, and whom to ask."""
    library = writer.kit.knowledge.library
    for benefit in benefits:
        mark = writer.cite(benefit.measure, benefit.spec.quote)
        writer.say(f"**{benefit.name}**：{benefit.spec.summary.rstrip('。')}{mark}。")
    first = benefits[0]
    validity = first.spec.validity
    quote, measure = validity.quote or first.spec.quote, library.measures[validity.measure or first.measure]
    closing(writer, measure, quote, writer.cite(measure.id, quote))
    writer.refer(office_of(writer.kit, library.documents[first.document], library.measures[first.measure]))
    return writer.draft("answered", benefit=first.id)
