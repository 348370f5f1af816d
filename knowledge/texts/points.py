"""Points, citizens' questions, uncovered topics and synonyms on disk.

``data/points/<document>*.yaml`` holds what each measure says in plain words, each tied to a quote;
``data/questions/<document>.jsonl`` holds questions people ask about a measure (doc2query,
Nogueira & Lin 2019). Both are indexed; only points are ever shown. ``data/lexicon/synonyms.yaml`` puts everyday
words beside the documents' own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from knowledge.errors import DataError
from knowledge.texts.library import Library
from knowledge.types import Encoder, Point, Topic

_FIELDS = {"id", "measure", "plain", "quote", "aspects", "questions", "silent"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a measure answers."""

    measure: str
    text: str
    aspect: str = ""
    point: str = ""


def load_points(folders: Iterable[Path]) -> tuple[Point, ...]:
    """Every point, in file order. :raises DataError: malformed YAML, a missing or unknown field."""
    result: list[Point] = []
    for path in (p for folder in folders for p in sorted(folder.glob("*.yaml"))):
        try:
            rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
        except yaml.YAMLError as problem:
            raise DataError(f"{path} 不是合法的 YAML：{problem}。改正后运行：advisor check") from problem
        if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            raise DataError(f"{path} 应是要点的列表，每项写 id、measure、plain、quote。改正后运行：advisor check")
        for row in rows:
            unknown = set(row) - _FIELDS
            missing = {"id", "measure", "plain", "quote"} - set(row)
            if unknown or missing:
                raise DataError(f"{path} 的要点 {row.get('id', '?')}：多余字段 {sorted(unknown)}，缺少字段 {sorted(missing)}。")
            result.append(
                Point(row["id"], row["measure"], row["plain"], row["quote"], tuple(row.get("aspects", ())),
                      tuple(row.get("questions", ())), bool(row.get("silent", False)))
            )  # fmt: skip
    return tuple(result)


def load_questions(folders: Iterable[Path]) -> tuple[Question, ...]:
    """Every citizens' question. :raises DataError: a broken line, named by file and number."""
    result: list[Question] = []
    for path in (p for folder in folders for p in sorted(folder.glob("*.jsonl"))):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                result.append(Question(row["measure"], row["question"], row.get("aspect", "")))
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise DataError(
                    f"{path} 第 {number} 行格式不对（{problem!r}）。每行应为 {{measure, question, aspect}}。"
                ) from problem
    return tuple(result)


def load_topics(path: Path) -> tuple[Topic, ...]:
    """Topics that no document covers (``data/uncovered/topics.yaml``); none when the file is absent."""
    if not path.is_file():
        return ()
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
        return tuple(Topic(r["id"], r["topic"], r["ask"], tuple(r["questions"])) for r in rows)
    except (yaml.YAMLError, KeyError, TypeError) as problem:
        raise DataError(
            f"{path} 格式不对（{problem!r}）。每项应有 id、topic、ask、questions。改正后运行：advisor check"
        ) from problem


def load_synonyms(path: Path) -> tuple[tuple[str, ...], ...]:
    """Sets of words for one thing (``data/lexicon/synonyms.yaml``): the policy's word first, then everyday words.

    None when the file is absent. :raises DataError: malformed.
    """
    if not path.is_file():
        return ()
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
        return tuple((row["policy"], *row["everyday"]) for row in rows)
    except (yaml.YAMLError, KeyError, TypeError) as problem:
        raise DataError(f"{path} 格式不对（{problem!r}）。每项应有 policy、everyday。改正后运行：advisor check") from problem


MIN_LINK = 0.35  # below this similarity a question belongs to its measure but to none of its points


def link_questions(questions: Iterable[Question], points: Iterable[Point], encoder: Encoder) -> tuple[Question, ...]:
    """Give each question the point of its measure that it asks for (nearest plain sentence or question)."""
    texts: dict[str, list[tuple[str, str]]] = {}
    for p in points:
        if not p.silent:
            texts.setdefault(p.measure, []).extend((p.id, t) for t in (p.plain, *p.questions))
    vectors = {m: encoder.encode([t for _, t in rows]) for m, rows in texts.items()}
    asked = tuple(questions)
    encoded = encoder.encode([f"{q.text} {q.aspect}" for q in asked])
    linked: list[Question] = []
    for q, vector in zip(asked, encoded, strict=True):
        if q.measure in vectors:
            similarity = vectors[q.measure] @ vector
            best = int(np.argmax(similarity))
            if similarity[best] >= MIN_LINK:
                q = replace(q, point=texts[q.measure][best][0])
        linked.append(q)
    return tuple(linked)


def check_references(library: Library, points: Iterable[Point], questions: Iterable[Question]) -> list[str]:
    """Points and questions that name a measure which does not exist."""
    ids = {p.measure for p in points} | {q.measure for q in questions}
    return [f"要点或问题引用了不存在的条款 {i}" for i in sorted(ids - set(library.measures))]
