"""What made a site is known by its release, its commit and its hashes."""

from pathlib import Path

import pytest

from recount import project

COMMIT = "584c82d0000000000000000000000000000000aa"


def checkout(folder: Path, head: str, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "HEAD").write_text(head, "utf-8")
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_a_commit_is_read_from_a_branch_from_packed_refs_and_detached(tmp_path: Path) -> None:
    branch = checkout(tmp_path / "a", "ref: refs/heads/main\n", refs__heads__main=f"{COMMIT}\n")
    assert project._commit(branch) == COMMIT
    packed = checkout(tmp_path / "b", "ref: refs/heads/main\n")
    (packed / "packed-refs").write_text(f"# pack-refs\n{COMMIT} refs/heads/main\n", "utf-8")
    assert project._commit(packed) == COMMIT
    assert project._commit(checkout(tmp_path / "c", f"{COMMIT}\n")) == COMMIT


def test_where_there_is_no_checkout_the_image_says_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project._commit(tmp_path) is None
    monkeypatch.setenv("RECOUNT_COMMIT", COMMIT)
    project.made_by.cache_clear()
    assert project.made_by()["commit"] == COMMIT
    project.made_by.cache_clear()


def test_what_dbt_leaves_behind_does_not_change_the_hash_of_the_models() -> None:
    files = project._model_files()
    assert len(files) > 200
    assert not any("target" in path.relative_to(project.DBT_PROJECT).parts for path in files)
