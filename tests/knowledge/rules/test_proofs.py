"""The shipped data is proved by its clauses, and a corrupted figure, quote, date or reference is always caught."""

from __future__ import annotations

import copy
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from knowledge.errors import DataError
from knowledge.rules.benefits import BenefitSpec
from knowledge.rules.proofs import main, prove
from knowledge.rules.rulebook import Rulebook, compile_benefit, load_rulebook
from knowledge.texts.library import Library

DATA = Path(__file__).parents[3] / "knowledge" / "data"
CORRUPTIONS = 200
Place = tuple[Any, Any]  # (container, key): where a value stands in the parsed file


def test_every_statement_of_the_shipped_benefits_is_proved(rulebook: Rulebook) -> None:
    """No finding at all: figures, quotes, conditions, validity, exclusions, references, facts."""
    assert [str(f) for f in prove(rulebook)] == []


def test_the_command_says_that_all_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m knowledge.rules.proofs`` ends with 0 and a count, for all and for one document."""
    assert main([], DATA) == 0
    assert main(["jinan-2023-10"], DATA) == 0
    assert "0 处没有证实" in capsys.readouterr().out


def walk(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Place]]:
    """Every leaf value of a parsed file with its path."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if isinstance(value, (dict, list)):
            yield from walk(value, (*path, key))
        else:
            yield (*path, key), (node, key)


def figures(path: tuple[Any, ...], value: Any) -> bool:
    """A parameter's value, a cap, a threshold."""
    return (path[-1] == "value" and "amount" in path) or path[-1] in ("at_least", "more_than", "at_most", "less_than", "months")


def quotes(path: tuple[Any, ...], value: Any) -> bool:
    """A quoted clause."""
    return path[-1] == "quote" and isinstance(value, str) and len(value) > 3


def dates(path: tuple[Any, ...], value: Any) -> bool:
    """A day of validity or of an event window."""
    return path[-1] in ("from", "until") and isinstance(value, date)


def references(path: tuple[Any, ...], value: Any) -> bool:
    """The name of a measure, a fact, a counted category or another benefit."""
    return path[-1] in ("measure", "fact") or (len(path) > 1 and path[-2] in ("counts", "benefits"))


def corrupted(kind: str, value: Any, random_: random.Random) -> Any:
    """A wrong value of the same shape."""
    if kind == "figures":
        if isinstance(value, date):
            return value + timedelta(days=random_.choice([-40, 3, 400]))
        number = re.search(r"\d+(?:\.\d+)?", str(value))
        assert number is not None
        wrong = str(random_.choice([7, 13, 17, 19]) * 3 + int(float(number.group(0))) * 11)
        return int(wrong) if isinstance(value, int) else str(value).replace(number.group(0), wrong, 1)
    if kind == "dates":
        return value + timedelta(days=random_.choice([-3, 5, 40, 366]))
    if kind == "quotes":
        at = random_.randrange(1, len(value) - 1)
        return value[:at] + "改" + value[at + 1 :]
    return f"{value}-x"


SELECT: dict[str, Callable[[tuple[Any, ...], Any], bool]] = {
    "figures": figures,
    "quotes": quotes,
    "dates": dates,
    "references": references,
}


def plan() -> list[tuple[dict[str, Any], str, tuple[Any, ...]]]:
    """200 places to corrupt (entry, kind, path in it), drawn with a fixed seed over all files and the four kinds."""
    random_ = random.Random(20231231)
    places: dict[str, list[tuple[dict[str, Any], str, tuple[Any, ...]]]] = {kind: [] for kind in SELECT}
    for path in sorted((DATA / "benefits").glob("*.yaml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["benefits"]:
            for where, (container, key) in walk(entry):
                for kind, wanted in SELECT.items():
                    if wanted(where, container[key]):
                        places[kind].append((entry, kind, where))
    share = CORRUPTIONS // len(SELECT)
    return [place for kind in SELECT for place in random_.choices(places[kind], k=share)]


def test_every_one_of_200_corruptions_is_caught(rulebook: Rulebook) -> None:
    """A changed figure, quote, date or reference is a finding of exactly that benefit, or the entry is refused."""
    random_ = random.Random(7)
    missed = []
    for original, kind, where in plan():
        entry = copy.deepcopy(original)
        node: Any = entry
        for key in where[:-1]:
            node = node[key]
        node[where[-1]] = corrupted(kind, node[where[-1]], random_)
        if not caught(entry, rulebook):
            missed.append(f"{kind} {entry['id']} {where} → {node[where[-1]]}")
    assert missed == []


def caught(entry: dict[str, Any], rulebook: Rulebook) -> bool:
    """Whether an entry is refused, or proving it in place of the shipped one finds something."""
    try:
        benefit = compile_benefit(BenefitSpec.model_validate(entry), dict(rulebook.facts))
    except (DataError, ValidationError):
        return True
    changed = Rulebook({**rulebook.benefits, benefit.id: benefit}, rulebook.facts, rulebook.library)
    return bool(prove(changed, [benefit.id]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "colour"),
        ({"measure": "jinan-2023-10/99"}, "jinan-2023-10/99"),
        ({"region": "济南"}, "region"),
        ({"amount": {"unit": "元"}}, "expression"),
        ({"amount": {"expression": "__import__('os')", "unit": "元"}}, "算式"),
        ({"amount": {"expression": "rate * people", "unit": "元", "parameters": {}}}, "people"),
        ({"conditions": [{"id": "a", "text": "b", "quote": "c", "fact": "contract_months", "at_least": "3人"}]}, "3人"),
        ({"conditions": [{"id": "a", "text": "b", "quote": "c", "fact": "no_such_fact", "is": True}]}, "no_such_fact"),
        ({"conditions": [{"id": "a", "text": "b", "quote": "c", "fact": "contract_months"}]}, "比较词"),
        ({"conditions": [{"id": "a", "text": "b", "quote": "c", "fact": "company_size", "in": ["tiny"]}]}, "tiny"),
        ({"validity": {"from": None, "until": date(2023, 12, 31), "quote": None}}, "quote"),
    ],
)
def test_a_malformed_file_is_refused_with_the_entry_and_key_named(
    change: dict[str, Any], message: str, library: Library, tmp_path: Path
) -> None:
    """The message names the benefit and what is wrong with it."""
    data = tmp_path / "data"
    shutil.copytree(DATA / "lexicon", data / "lexicon")
    (data / "benefits").mkdir()
    raw = yaml.load((DATA / "benefits" / "jinan-2023-10.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    benefit = next(b for b in raw["benefits"] if b["id"] == "jinan-hiring-youth-2023")
    benefit.update(change)
    text = yaml.dump({"facts": raw["facts"], "benefits": [benefit]}, allow_unicode=True)
    (data / "benefits" / "jinan-2023-10.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(message)) as refusal:
        load_rulebook(data, library)
    assert "jinan-hiring-youth-2023" in str(refusal.value)


def test_an_exclusion_needs_a_clause_that_excludes(rulebook: Rulebook) -> None:
    """A clause that merely speaks of two things does not say that they cannot be had together."""
    found = next(b for b in rulebook.benefits.values() if b.spec.exclusions)
    exclusion = found.spec.exclusions[0].model_copy(update={"names": ("补贴",), "quote": "给予补贴"})
    spoilt = replace(found, spec=found.spec.model_copy(update={"exclusions": (exclusion,)}))
    changed = replace(rulebook, benefits={**rulebook.benefits, found.id: spoilt})
    assert any("不能同时享受" in f.problem for f in prove(changed, [found.id]))
