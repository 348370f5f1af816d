"""Run folders: everything needed to read, rescore and compare a run without repeating it.

evals/results/<time>/
  config.json     what ran: part, engine, model, digests of cases, data, prompts, code and index
  outputs.jsonl   what the advisor answered, one case a line
  scores.jsonl    judgements, one case a line (rewritten by ``advisor eval score``)
  summary.json    estimates with intervals, overall and by slice
  report.html     for people
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.settings import Settings
from evals.types import EvalError

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
OUTPUTS, SCORES, CONFIG, SUMMARY = "outputs.jsonl", "scores.jsonl", "config.json", "summary.json"
VARIANTS, PEERS, JUDGE, REPORT = "variants.jsonl", "peers.json", "judge.json", "report.html"
M = TypeVar("M", bound=BaseModel)


class Config(BaseModel):
    """What makes a run what it is. Two runs with equal digests differ by chance alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    started: str
    part: str
    files: tuple[str, ...]
    types: tuple[str, ...] = ()
    limit: int | None = None
    engine: str = "builtin"
    model: str | None = None
    encoder: str | None = None
    cases: int
    seconds: float = 0.0
    case_digest: str
    data_digest: str
    prompts_digest: str
    code_digest: str
    index_version: str = ""
    commit: str = ""
    version: str = ""
    python: str = ""

    @property
    def comparable(self) -> tuple[object, ...]:
        """Runs with equal values answer the same questions in the same way."""
        return self.part, self.files, self.types, self.limit, self.engine, self.model

    @property
    def digests(self) -> dict[str, str]:
        """What may explain a difference between two runs."""
        return {"用例": self.case_digest, "政策数据": self.data_digest, "提示与答复用语": self.prompts_digest,
                "程序": self.code_digest, "索引": self.index_version, "引擎": f"{self.engine} {self.model or ''}".strip()}  # fmt: skip


def describe(settings: Settings, part: str, files: Sequence[Path], engine: str | None, cases: int, case_digest: str) -> Config:
    """The config of a run that starts now."""
    return Config(
        started=datetime.now(UTC).astimezone().isoformat(timespec="seconds"), part=part,
        files=tuple(_relative(f) for f in files), engine=engine or "builtin", model=settings.llm_model if engine == "agent" else None,
        encoder=settings.encoder, cases=cases, case_digest=case_digest, data_digest=folder_digest(ROOT / "knowledge" / "data"),
        prompts_digest=folder_digest(ROOT / "prompts"), code_digest=folder_digest(ROOT / "knowledge", ROOT / "bot", pattern="*.py"),
        index_version=index_version(settings.home), commit=_commit(), version=_version(), python=platform.python_version(),
    )  # fmt: skip


def folder_digest(*folders: Path, pattern: str = "*") -> str:
    """A digest of the files under folders by path and content; caches are left out."""
    h = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob(pattern) if p.is_file() and "__pycache__" not in p.parts):
            h.update(f"{folder.name}/{path.relative_to(folder)}".encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return h.hexdigest()[:16]


def index_version(home: Path) -> str:
    """The version of the index in use; '' before the first one is built."""
    pointer = home / "index" / "CURRENT"
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""


def create_folder(parent: Path | None = None) -> Path:
    """A new folder named by the time. :raises EvalError: the place cannot be written."""
    parent = parent or RESULTS
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    for suffix in ("", *(f"-{i}" for i in range(2, 100))):
        folder = parent / f"{stamp}{suffix}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as problem:
            raise EvalError(f"无法在 {parent} 建立结果目录（{problem.strerror}）。用 --output 指定可写的目录。") from problem
        return folder
    raise EvalError(f"{parent} 里这一秒的结果目录太多。稍后再试。")


def find_run(name: Path | None, parent: Path | None = None, file: str = OUTPUTS) -> Path:
    """A run folder by path or by name under results; the latest when None. :raises EvalError: none."""
    parent = parent or RESULTS
    if name is None:
        found = [p for p in sorted(parent.glob("*")) if (p / file).is_file()]
        if not found:
            raise EvalError(f"{parent} 里还没有结果。先运行：advisor eval run")
        return found[-1]
    for folder in (name, parent / name):
        if (folder / file).is_file():
            return folder
    raise EvalError(f"{name} 不是结果目录（没有 {file}）。先运行：advisor eval run")


def previous_run(run: Path, config: Config, parent: Path | None = None) -> Path | None:
    """The latest earlier scored run of the same part and engine."""
    for folder in sorted((p for p in (parent or RESULTS).glob("*") if p.name < run.name), reverse=True):
        if (folder / SCORES).is_file() and (folder / CONFIG).is_file():
            other = read_config(folder)
            if other.comparable == config.comparable:
                return folder
    return None


def write_rows(path: Path, rows: Iterable[BaseModel]) -> None:
    """Write models as JSON lines."""
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(row.model_dump_json() + "\n")


def read_rows(path: Path, model: type[M]) -> tuple[M, ...]:
    """Read JSON lines into models. :raises EvalError: missing or malformed, with the line."""
    if not path.is_file():
        raise EvalError(f"缺少 {path}。运行：advisor eval score {path.parent}")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            rows.append(model.model_validate_json(line))
        except ValidationError as problem:
            raise EvalError(f"{path}:{number} 读不懂（{problem.errors()[0]['msg']}）。重新运行：advisor eval run") from problem
    return tuple(rows)


def write_config(run: Path, config: Config) -> None:
    """Write ``config.json``."""
    (run / CONFIG).write_text(config.model_dump_json(indent=1), encoding="utf-8")


def read_config(run: Path) -> Config:
    """Read ``config.json``. :raises EvalError: missing or malformed."""
    try:
        return Config.model_validate_json((run / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as problem:
        raise EvalError(f"{run / CONFIG} 缺失或读不懂（{problem}）。重新运行：advisor eval run") from problem


def read_json(path: Path) -> Any:
    """Read one JSON file. :raises EvalError: missing or malformed."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise EvalError(f"{path} 缺失或读不懂（{problem}）。运行：advisor eval score {path.parent}") from problem


def resolve_files(config: Config) -> tuple[Path, ...]:
    """The case files of a run, on this machine. :raises EvalError: one is gone."""
    paths = tuple(Path(f) if Path(f).is_absolute() else ROOT / f for f in config.files)
    gone = [str(p) for p in paths if not p.is_file()]
    if gone:
        raise EvalError(f"找不到用例文件 {'、'.join(gone)}。用 --cases 指定它们现在的位置。")
    return paths


def _relative(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _commit() -> str:
    try:
        result = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=5
        )
    except OSError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


def _version() -> str:
    try:
        return version("policy-advisor")
    except PackageNotFoundError:
        return ""
