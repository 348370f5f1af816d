"""The file map of the README, drawn from the first docstring line of each file: ``python -m tests.file_map``.

The README holds what this prints; a test compares them, so the map cannot go stale.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSES = ("knowledge", "bot", "prompts", "evals")
DATA = {
    "knowledge/data/documents": "the five documents as received, what was reviewed about them, and their parse",
    "knowledge/data/points": "what each measure says in plain words, each sentence tied to a quote",
    "knowledge/data/benefits": "every entitlement: conditions, figures, deadlines, exclusions, each with its clause",
    "knowledge/data/questions": "citizens' questions by measure",
    "knowledge/data/uncovered": "topics that no document covers, and whom to ask instead",
    "knowledge/data/lexicon": "facts and how people say them, regions, synonyms",
    "knowledge/data/encoder": "the shipped encoder and token ranks",
    "evals/cases": "cases by hand: dev for tuning, locked for measuring",
}
# These go to a language model as they are: no line in them can speak to us.
PROMPTS = {
    "prompts/compose.md": "To the model before everything: from what it writes, and how",
    "prompts/finish.md": "To the model when its look-ups are used up: answer now",
    "prompts/question.md": "To the model for each turn: day, place, what was said before, evidence, calculations, question",
    "prompts/repair.md": "To the model when its draft did not pass: what is wrong",
    "evals/templates/judge.md": "To the model that gives the second opinion: question, gold, answer",
}


def responsibility(path: Path) -> str:
    """The first sentence of a file's docstring (Python) or of its first line (YAML, Markdown)."""
    name = path.relative_to(ROOT).as_posix()
    if name in PROMPTS:
        return PROMPTS[name]
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        doc = ast.get_docstring(ast.parse(text)) or ""
        return doc.split("\n")[0].rstrip(".")
    for line in text.split("\n"):
        if line.startswith("#"):
            return line.lstrip("# ").rstrip(".")
    return ""


def draw() -> str:
    """The map as it stands in the README."""
    lines: list[str] = []
    for house in HOUSES:
        lines.append(f"{house}/")
        for path in sorted((ROOT / house).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.is_dir() and name in DATA:
                lines.append(f"  {name.removeprefix(house + '/')}/  {DATA[name]}")
            if any(name.startswith(d + "/") for d in DATA) or path.suffix not in (".py", ".yaml", ".md") or "results" in name:
                continue
            if path.name == "__init__.py" and not responsibility(path):
                continue
            lines.append(f"  {name.removeprefix(house + '/')}  {responsibility(path)}".rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    print(draw())
