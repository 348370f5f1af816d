"""Regions: GB/T 2260 codes, their names, and the places in a citizen's words that lead to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from knowledge.errors import RegionError


@dataclass(frozen=True, slots=True)
class Region:
    """One region; ``code`` has six digits and its prefix (two or four digits) is its parent."""

    code: str
    name: str
    office: str = ""  # the authority for employment and social insurance, without the region's name


def is_province(code: str) -> bool:
    """370000 → True."""
    return code.endswith("0000")


def covers(parent: str, child: str) -> bool:
    """Whether a rule of region ``parent`` binds region ``child`` (itself, or a province over its cities)."""
    return parent == child or (is_province(parent) and parent[:2] == child[:2])


@dataclass(frozen=True)
class Gazetteer:
    """All known regions and the words that name them."""

    regions: Mapping[str, Region]
    words: Mapping[str, str]
    local_office: str  # of a city

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(f"(?=({'|'.join(map(re.escape, sorted(self.words, key=len, reverse=True)))}))")

    def mentions(self, text: str) -> tuple[tuple[Region, int, int], ...]:
        """Every place named in a text with its span: ``(region, start, end)``, in order, none overlapping.

        Of overlapping names the longer one counts, then the later one: 「我在济宁」 is 济宁, not 「在济」.
        """
        found = [(m.group(1), m.start(1), m.end(1)) for m in self._pattern.finditer(text)]
        taken: list[tuple[str, int, int]] = []
        for word, start, end in sorted(found, key=lambda f: (f[1] - f[2], -f[1])):
            if all(end <= a or b <= start for _, a, b in taken):
                taken.append((word, start, end))
        return tuple((self.regions[self.words[word]], start, end) for word, start, end in sorted(taken, key=lambda f: f[1]))

    def named_in(self, text: str) -> tuple[Region, ...]:
        """Regions named in a text, in order of appearance, each once."""
        return tuple({region.code: region for region, _, _ in self.mentions(text)}.values())

    def resolve(self, code_or_name: str) -> Region:
        """A code or a name → its region. :raises RegionError: unknown."""
        key = code_or_name.strip()
        if key in self.regions:
            return self.regions[key]
        named = self.named_in(key)
        if re.fullmatch(r"\d{6}", key):
            parents = [self.regions[c] for c in (key[:4] + "00", key[:2] + "0000") if c in self.regions]
            if parents:
                return parents[0]
        if len(named) == 1:
            return named[0]
        raise RegionError(
            f"不认识的地区「{code_or_name}」。请用六位代码或名称，例如 370100（济南）、370700（潍坊）、370000（山东）。"
        )

    def office_in(self, code: str | None) -> str:
        """Whom to ask in a region: 「济南市人力资源社会保障局」, 「山东省人力资源社会保障厅」; without a code: in general."""
        region = self.regions.get(code or "")
        return region.name + region.office if region else f"当地{self.local_office}"

    def name(self, code: str) -> str:
        """The name of a code; the code itself when unknown."""
        return self.regions[code].name if code in self.regions else code


def load_gazetteer(path: Path) -> Gazetteer:
    """Read ``regions.yaml``."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    rows, offices = data["regions"], data["offices"]

    def office(row: Mapping[str, str]) -> str:
        return row.get("office") or offices["province" if is_province(row["code"]) else "city"]

    regions = {r["code"]: Region(r["code"], r["name"], office(r)) for r in rows}
    words = {w: r["code"] for r in rows for w in (r["name"], *r.get("short", ()), *r.get("places", ()))}
    return Gazetteer(regions, {w: c for w, c in words.items() if len(w) > 1}, offices["city"])
