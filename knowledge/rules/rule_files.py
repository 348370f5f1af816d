"""Reading the rule files: the facts and benefits of ``knowledge/data`` as their YAML says them, validated.

A file whose shape is wrong is refused with the entry and the key that are wrong; compiling is ``rulebook``'s work.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.errors import DataError
from knowledge.rules.benefits import BenefitFile, FactFile
from knowledge.rules.facts import FactSpec

_Model = TypeVar("_Model", bound=BaseModel)


def read_model(path: Path, model: type[_Model]) -> _Model:
    """Read and validate one YAML file. :raises DataError: names the file, the entry and the key."""
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return model.model_validate(raw if raw is not None else {})
    except FileNotFoundError:
        raise DataError(f"没有文件 {path}。") from None
    except yaml.YAMLError as problem:
        raise DataError(f"{path} 不是正确的 YAML：{problem}。改正后运行：advisor check") from problem
    except ValidationError as problem:
        rows = "；".join(_explain(e, raw) for e in problem.errors()[:8])
        raise DataError(f"{path.name} 有 {problem.error_count()} 处不对：{rows}。改正后运行：advisor check") from problem


def _explain(error: Any, raw: Any) -> str:
    """Where and what is wrong, with the id of the entry instead of its number in the list."""
    place, node = [], raw
    for key in error["loc"]:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            node = None
        named = node.get("id") if isinstance(key, int) and isinstance(node, dict) else None
        place.append(str(named or key))
    return f"{'.'.join(place)}：{error['msg']}"


def benefit_files(data_dir: Path) -> tuple[Path, ...]:
    """The benefit files, in name order."""
    return tuple(sorted((data_dir / "benefits").glob("*.yaml")))


@dataclass(frozen=True, slots=True)
class RuleData:
    """The validated files: all facts by id, the benefit files with their paths, and the compound terms."""

    facts: dict[str, FactSpec]
    files: tuple[tuple[Path, BenefitFile], ...]
    compounds: tuple[str, ...]


def gather(data_dir: Path, paths: Iterable[Path] | None = None) -> RuleData:
    """Read all fact and benefit files. :raises DataError: malformed file or an id used twice."""
    shared = read_model(data_dir / "lexicon" / "facts.yaml", FactFile)
    facts = {f.id: f for f in shared.facts}
    files = tuple((p, read_model(p, BenefitFile)) for p in (paths if paths is not None else benefit_files(data_dir)))
    seen: set[str] = set()
    for path, file in files:
        for fact in file.facts:
            if fact.id in facts:
                raise DataError(f"{path.name}：情况 {fact.id} 已在别处定义。请改用已有的，或换一个 id。")
            facts[fact.id] = fact
        for benefit in file.benefits:
            if benefit.id in seen:
                raise DataError(f"{path.name}：待遇 {benefit.id} 重复定义。")
            seen.add(benefit.id)
    return RuleData(facts, files, shared.compounds)
