"""The index: built once, rebuilt when anything changed or broke, switched whole, and never a traceback to a user."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from filelock import FileLock

from knowledge.base import DATA, KnowledgeBase, open_knowledge
from knowledge.errors import BrokenIndexError, KnowledgeError
from knowledge.texts import index as indexing
from knowledge.texts.index import read_manifest, verify
from knowledge.texts.vectors import ExactStore, write_exact

DOCUMENT = "shandong-2024-14"
DAY = date(2025, 6, 1)
ROOT = Path(__file__).parents[3]


def small_data(target: Path) -> Path:
    """One document, eight points and twenty questions."""
    shutil.copytree(DATA / "documents" / DOCUMENT, target / "documents" / DOCUMENT)
    shutil.copytree(DATA / "lexicon", target / "lexicon")
    points = yaml.load((DATA / "points" / f"{DOCUMENT}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[:8]
    questions = (DATA / "questions" / f"{DOCUMENT}.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    for folder, name, text in (
        ("points", f"{DOCUMENT}.yaml", yaml.safe_dump(points, allow_unicode=True)),
        ("questions", f"{DOCUMENT}.jsonl", "\n".join(questions)),
    ):
        (target / folder).mkdir()
        (target / folder / name).write_text(text, encoding="utf-8")
    return target


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return small_data(tmp_path / "data")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a finished and verified index of the small data."""
    folder = tmp_path_factory.mktemp("pristine")
    open_knowledge(folder / "home", small_data(folder / "data"))
    return folder / "home"


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds without the second process that verifies: for tests of what happens around it."""
    monkeypatch.setattr(indexing, "_verify_in_child", lambda *_: None)


class Builds:
    """Opens the knowledge base and counts how often the index was built."""

    def __init__(self, home: Path, data: Path) -> None:
        self.home, self.data, self.built = home, data, 0

    def open(self, rebuild: bool = False, **more: str) -> KnowledgeBase:
        stages: list[str] = []
        knowledge = open_knowledge(
            self.home, self.data, progress=lambda stage, done, total: stages.append(stage), rebuild=rebuild, **more
        )
        self.built += bool(stages)
        return knowledge

    @property
    def folder(self) -> Path:
        root = self.home / "index"
        return root / (root / "CURRENT").read_text(encoding="utf-8")

    def folders(self) -> list[str]:
        return sorted(p.name for p in (self.home / "index").iterdir() if p.is_dir())


@pytest.fixture
def builds(tmp_path: Path, data: Path, pristine: Path, trusting: None) -> Builds:
    """A home of its own in which the index is already built."""
    shutil.copytree(pristine, tmp_path / "home")
    return Builds(tmp_path / "home", data)


def first_hit(knowledge: KnowledgeBase) -> str:
    return knowledge.search("增强现代化产业体系就业协同性", DAY).hits[0].measure.id


def test_built_once_then_opened(tmp_path: Path, data: Path) -> None:
    builds = Builds(tmp_path / "new", data)
    first = builds.open()
    before = {p: p.stat().st_mtime_ns for p in builds.folder.iterdir() if p.is_file()}
    second = builds.open()
    assert builds.built == 1
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert first.index_version == second.index_version == builds.folder.name
    assert first_hit(first) == first_hit(second) == f"{DOCUMENT}/1"
    assert read_manifest(builds.folder)["encoder"] == first.searcher.encoder.name


def changed_question(data: Path) -> None:
    path = data / "questions" / f"{DOCUMENT}.jsonl"
    first, *rest = path.read_text(encoding="utf-8").split("\n")
    row = json.loads(first)
    path.write_text(
        "\n".join([json.dumps({**row, "question": row["question"] + "呢"}, ensure_ascii=False), *rest]), encoding="utf-8"
    )


def changed_point(data: Path) -> None:
    path = data / "points" / f"{DOCUMENT}.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows[0]["plain"] += "补充"
    path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")


def changed_text(data: Path) -> None:
    path = data / "documents" / DOCUMENT / "text.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("就业", "择业", 1), encoding="utf-8")


def changed_title(data: Path) -> None:
    path = data / "documents" / DOCUMENT / "document.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: 新", 1), encoding="utf-8")


def removed_questions(data: Path) -> None:
    (data / "questions" / f"{DOCUMENT}.jsonl").unlink()


@pytest.mark.parametrize("change", [changed_question, changed_point, changed_text, changed_title, removed_questions])
def test_rebuilt_when_anything_it_depends_on_changed(builds: Builds, change: Callable[[Path], None]) -> None:
    old = builds.open().index_version
    change(builds.data)
    knowledge = builds.open()
    assert builds.built == 1
    assert knowledge.index_version != old
    assert builds.folders() == sorted([old, knowledge.index_version])  # the one before is kept
    builds.open()
    assert builds.built == 1


def test_older_indexes_are_dropped(builds: Builds) -> None:
    versions = [builds.open().index_version]
    for change in (changed_point, changed_title):
        change(builds.data)
        versions.append(builds.open().index_version)
    assert builds.folders() == sorted(versions[1:])


def test_a_half_written_staging_folder_is_ignored_and_cleared_away(builds: Builds) -> None:
    old = builds.open().index_version
    changed_point(builds.data)
    for name in ("x", "y"):
        staging = builds.home / "index" / f"{old}.{name}"
        staging.mkdir()
        (staging / "entries.jsonl").write_text('["passage", 0, "half', encoding="utf-8")
    knowledge = builds.open()
    assert first_hit(knowledge) == f"{DOCUMENT}/1"
    assert len(builds.folders()) <= 2
    assert (builds.home / "index" / "CURRENT").read_text(encoding="utf-8") == knowledge.index_version


def index_files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.is_file())


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0x41
    path.write_bytes(bytes(raw))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, flip, empty, Path.unlink])
def test_a_damaged_file_leads_to_a_rebuild(builds: Builds, damage: Callable[[Path], None]) -> None:
    builds.open()
    names = index_files(builds.folder)
    assert len(names) > 8
    good = builds.home.with_name("good")
    shutil.copytree(builds.home, good)
    for name in names:
        damage(builds.folder / name)
        assert indexing.current(builds.home, without_files(read_manifest(good / "index" / builds.folder.name))) is None, name
        shutil.copy2(good / "index" / builds.folder.name / name, builds.folder / name)
    damage(builds.folder / names[0])
    assert first_hit(builds.open()) == f"{DOCUMENT}/1"
    assert builds.built == 1


def without_files(manifest: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in manifest.items() if k not in ("files", "entries")}


@pytest.mark.parametrize("damage", [truncate, empty, Path.unlink])
def test_opening_a_damaged_folder_names_it_and_the_command(builds: Builds, damage: Callable[[Path], None]) -> None:
    knowledge = builds.open()
    vector = knowledge.searcher.encoder.encode(["就业"])[0]
    for name in index_files(builds.folder):
        copy = builds.home.with_name(f"copy-{name}")
        shutil.copytree(builds.folder, copy)
        damage(copy / name)
        with pytest.raises(BrokenIndexError, match="advisor doctor --rebuild") as problem:
            indexing.load(copy).store.nearest("370000", vector, 3)
        assert str(copy) in str(problem.value)
        with pytest.raises(BrokenIndexError, match="advisor doctor --rebuild"):
            verify(copy)


def test_a_flipped_byte_is_found_by_the_doctor(builds: Builds) -> None:
    builds.open()
    verify(builds.folder)
    for name in index_files(builds.folder):
        copy = builds.home.with_name(f"copy-{name}")
        shutil.copytree(builds.folder, copy)
        flip(copy / name)
        with pytest.raises(BrokenIndexError):
            verify(copy)


def test_verification_proves_counts_and_neighbours(builds: Builds) -> None:
    builds.open()
    folder, manifest = builds.folder, read_manifest(builds.folder)
    matrix = np.load(folder / "vectors-370000.npy")
    ids = json.loads((folder / "vectors-370000.json").read_text(encoding="utf-8"))
    write_exact(folder, "370000", ids, matrix * 0.5)  # the files are whole; what is in them is wrong
    (folder / "manifest.json").write_text(json.dumps({**manifest, "files": indexing._checksums(folder)}), encoding="utf-8")
    with pytest.raises(BrokenIndexError, match="找不到自己"):
        verify(folder)
    write_exact(folder, "370000", ids, matrix)
    wrong = {**manifest, "files": indexing._checksums(folder), "entries": manifest["entries"] + 1}
    (folder / "manifest.json").write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(BrokenIndexError, match="与清单不符"):
        verify(folder)


def test_rebuild_builds_even_when_nothing_is_wrong(builds: Builds) -> None:
    builds.open()
    shutil.rmtree(builds.folder / "chroma")  # nobody reads it at this size, so only the doctor notices
    with pytest.raises(BrokenIndexError):
        verify(builds.folder)
    builds.open(rebuild=True)
    assert builds.built == 1
    indexing._verify_in_child(builds.folder)  # Chroma keeps one client for each path and process


def test_an_index_that_fails_verification_is_never_switched_to(
    tmp_path: Path, data: Path, pristine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(pristine, tmp_path / "home")
    builds = Builds(tmp_path / "home", data)
    old = builds.folder.name
    changed_point(builds.data)
    whole = indexing.write_exact
    monkeypatch.setattr(indexing, "write_exact", lambda folder, region, ids, vectors: whole(folder, region, ids, vectors[::-1]))
    with pytest.raises(BrokenIndexError, match="旧索引保持不变"):
        builds.open()
    assert builds.folder.name == old
    assert builds.folders() == [old]
    verify(builds.folder)


@pytest.mark.parametrize(
    ("place", "number"),
    [("_fill", errno.ENOSPC), ("_switch", errno.ENOSPC), ("_write_rows", errno.EACCES), ("_checksums", errno.EROFS)],
)
def test_a_disk_that_refuses_leaves_the_old_index_in_use(
    builds: Builds, monkeypatch: pytest.MonkeyPatch, place: str, number: int
) -> None:
    old = builds.folder.name
    changed_point(builds.data)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(indexing, place, refuse)
    with pytest.raises(BrokenIndexError, match="ADVISOR_HOME") as raised:
        builds.open()
    assert os.strerror(number) in str(raised.value)
    monkeypatch.undo()
    assert builds.folder.name == old
    assert builds.folders() == [old] or place == "_switch"
    verify(builds.folder)


def run_search(home: Path, data: Path, limit: int | None = None) -> subprocess.Popen[str]:
    """Open and search in a process of its own, as the command line does; ``limit``: no file may grow beyond so many bytes."""
    code = (
        "import sys\nfrom datetime import date\nfrom pathlib import Path\nfrom bot.surfaces.cli import guard\nfrom knowledge.base import open_knowledge\n"
        "def command():\n"
        "    k = open_knowledge(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "    print(k.index_version, k.search('就业', date(2025, 6, 1)).hits[0].measure.id)\n"
        "guard(command)"
    )

    def bounded() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-c", code, str(home), str(data)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=bounded)


@pytest.mark.parametrize("limit", [2_000, 60_000, 180_000])
def test_a_disk_without_room_is_one_message_and_exit_code_1(tmp_path: Path, data: Path, limit: int) -> None:
    process = run_search(tmp_path / "full", data, limit)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert "出错" in err
    assert "Traceback" not in err
    assert "advisor doctor" in err or "ADVISOR_HOME" in err
    assert not [p for p in (tmp_path / "full" / "index").iterdir() if p.is_dir()]


def test_two_processes_building_at_once_end_with_one_sound_index(tmp_path: Path, data: Path) -> None:
    home = tmp_path / "shared"
    both = [run_search(home, data) for _ in range(2)]
    outputs = [p.communicate(timeout=120) for p in both]
    assert [p.returncode for p in both] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0]
    folders = [p for p in (home / "index").iterdir() if p.is_dir()]
    assert [f.name for f in folders] == [outputs[0][0].split()[0]]
    verify(folders[0])


def test_a_build_that_waits_in_vain_says_who_holds_the_lock(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    changed_point(builds.data)
    monkeypatch.setattr(indexing, "FileLock", lambda path, timeout: FileLock(path, timeout=0.1))
    with FileLock(str(builds.home / "index" / "build.lock")), pytest.raises(BrokenIndexError, match=r"另一个进程.*build\.lock"):
        builds.open()


def test_a_home_below_a_file_cannot_be_written(tmp_path: Path, data: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BrokenIndexError, match="ADVISOR_HOME"):
        open_knowledge(tmp_path / "file" / "home", data)


def test_a_read_only_home_with_a_finished_index_can_be_searched(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    builds.open()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    for owner, name in ((Path, "mkdir"), (Path, "write_text"), (Path, "rename"), (os, "replace")):
        monkeypatch.setattr(owner, name, refuse)
    assert first_hit(builds.open()) == f"{DOCUMENT}/1"


def test_an_unknown_encoder_is_named(builds: Builds) -> None:
    with pytest.raises(KnowledgeError, match="ADVISOR_ENCODER"):
        builds.open(encoder_name=str(builds.home / "no-such-model"))


def test_an_index_of_another_encoder_is_not_used(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge import base
    from knowledge.texts.encoders import NgramEncoder

    class Renamed(NgramEncoder):
        name = "another-encoder"

    old = builds.open().index_version
    monkeypatch.setattr(base, "load_encoder", lambda name: Renamed())
    assert builds.open().index_version != old
    assert read_manifest(builds.folder)["encoder"] == "another-encoder"


def test_the_exact_store_returns_true_neighbours_in_order(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    matrix = rng.normal(size=(3000, 8)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix[2000] = matrix[10]  # a tie: the earlier row first
    ids = [f"passage:{i}" for i in range(3000)]
    write_exact(tmp_path, "370000", ids, matrix)
    store = ExactStore(tmp_path)
    for query in (matrix[10], rng.normal(size=8).astype(np.float32)):
        found = store.nearest("370000", query, 700)
        order = np.lexsort((np.arange(3000), -(matrix @ query)))[:700]
        assert [i for i, _ in found] == [ids[i] for i in order]
        np.testing.assert_allclose([s for _, s in found], (matrix @ query)[order], rtol=1e-5)
    assert len(store.nearest("370000", matrix[0], 5000)) == 3000


def test_entries_keep_kind_measure_region_and_point(knowledge: KnowledgeBase) -> None:
    index = knowledge.searcher.index
    assert {kind: [e.row for e in rows] for kind, rows in index.entries.items()} == {
        k: list(range(len(v))) for k, v in index.entries.items()
    }
    for entry in (e for kind in ("passage", "point", "question") for e in index.entries[kind]):
        assert entry.region == knowledge.library.document_of(entry.measure).region
        assert not entry.point or knowledge.points_by_id[entry.point].measure == entry.measure
    assert len({replace(e, row=0) for e in index.entries["passage"]}) == len(knowledge.searcher.passages)
