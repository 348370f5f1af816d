"""Regions: GB/T 2260 codes, their names, and the places in a citizen's words that lead to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import yaml

from knowledge.errors import RegionError

NATION = "100000"  # what binds every region
ABROAD = "900000"  # GB/T 2260 has no code for it
_HERE = "(?:我们|咱们?|俺们?)"  # 「在咱…」
# Characters that stand in sentences and hardly ever in the names of places.
_FILLER = re.compile(r"[的了是和我你他她它们个这那哪到过着把被给有没不也都就还能会可要各全本外同某几两]")


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
    """Whether a rule of region ``parent`` binds region ``child``: itself, a province its cities, a city its counties, the nation all."""
    return parent == NATION or child.startswith(_prefix(parent))


def related(one: str, other: str) -> bool:
    """Whether a rule of one region can matter in another: one of them lies in the other, or they are the same."""
    return covers(one, other) or covers(other, one)


def _prefix(code: str) -> str:
    """370000 → 37, 370100 → 3701, 370102 → 370102."""
    if is_province(code):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def cities_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Those of some regions that are no provinces."""
    return tuple(c for c in codes if not is_province(c))


@dataclass(frozen=True)
class Gazetteer:
    """All known regions and the words that name them."""

    regions: Mapping[str, Region]
    words: Mapping[str, str]
    local_office: str  # of a city
    endings: tuple[str, ...] = ()  # what the names of places end in: 市, 新区, 街道
    no_places: tuple[str, ...] = ()  # words that end so and name no place: 超市, 园区
    shared: tuple[str, ...] = ()  # names that several cities have: 高新区
    counties: Mapping[str, Region] = field(default_factory=dict)  # by code; each answers through its city until it has rules
    makers: tuple[str, ...] = ()  # who makes rules for the whole country

    def with_counties(self, codes: Iterable[str] | None = None) -> Gazetteer:
        """The same with some counties (without ``codes``: all) as regions of their own, for which there are documents."""
        own = {c: r for c, r in self.counties.items() if codes is None or c in codes}
        words = {
            word: code
            for code, county in own.items() for word in (county.name, county.name[:-1])
            if word in self.words or (word == county.name and word not in self.shared)
        }  # fmt: skip
        return replace(self, regions={**self.regions, **own}, words={**self.words, **words}) if own else self

    def issuing(self, text: str) -> Region | None:
        """The region for which an issuer or a title speaks: the narrowest that it names first, or the nation."""
        named = self.named_in(text)
        if named:
            return next((r for r in named[1:] if covers(named[0].code, r.code)), named[0])
        return self.regions.get(NATION) if any(m in text for m in self.makers) else None

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

    def without_places(self, text: str) -> str:
        """A text without the names of places."""
        for _, start, end in reversed(self.mentions(text)):
            text = text[:start] + text[end:]
        return text

    def named_in(self, text: str) -> tuple[Region, ...]:
        """Regions named in a text, in order of appearance, each once."""
        return tuple({region.code: region for region, _, _ in self.mentions(text)}.values())

    @cached_property
    def _unlisted(self) -> re.Pattern[str]:
        ends = "|".join(map(re.escape, sorted(self.endings, key=len, reverse=True)))
        name = f"[一-龥]{{2,5}}?(?:{ends})(?![场面民值级域别里内间])"  # 市场, 市民, 区域
        return re.compile(f"在(?={_HERE}?({name}))|(?:^|[，,。；;！!？?、\\s])({name})(?=这边|那边|这里|那里|这儿|那儿)")

    def unlisted_in(self, text: str) -> str | None:
        """A place that a text names and this gazetteer does not know: 「在滨海新区」「柳林镇这边」; None when there is none."""
        if not self.endings:
            return None
        known = [(start, end) for _, start, end in self.mentions(text)]
        for m in self._unlisted.finditer(text):
            group = 1 if m[1] else 2
            word, start, end = m[group], m.start(group), m.end(group)
            is_place = not _FILLER.search(word) and not word.endswith(self.no_places) and word not in self.shared
            if is_place and all(end <= a or b <= start for a, b in known):
                return word
        return None

    def resolve(self, code_or_name: str) -> Region:
        """A code or a name → its region. :raises RegionError: unknown."""
        key = code_or_name.strip()
        if key in self.regions:
            return self.regions[key]
        named = self.named_in(key) or tuple(r for r in (self.regions.get(NATION),) if r and r.name == key)
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
        return region.name + region.office if region and region.code != NATION else f"当地{self.local_office}"

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
    nation = data.get("nation")
    if nation:
        regions[NATION] = Region(NATION, nation["name"], offices["city"])
    counties = {c: Region(c, name, offices["city"]) for name, c in data.get("counties", {}).items()}
    endings, no_places, shared = (tuple(data.get(key, ())) for key in ("endings", "no_places", "shared"))
    makers = tuple(nation["makers"]) if nation else ()
    return Gazetteer(
        regions, {w: c for w, c in words.items() if len(w) > 1}, offices["city"], endings, no_places, shared, counties, makers
    )
