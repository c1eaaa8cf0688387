from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from realtime_demo.secret_files import read_or_create


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "var" / "key"
    assert read_or_create(path, lambda: "first") == "first"
    assert read_or_create(path, lambda: "second") == "first"


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    read_or_create(tmp_path / "key", lambda: "secret")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    numbers = count()
    with ThreadPoolExecutor(16) as pool:
        seen = {*pool.map(lambda _: read_or_create(tmp_path / "key", lambda: str(next(numbers))), range(64))}
    assert len(seen) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_an_empty_file_is_not_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    with pytest.raises(ImproperlyConfigured, match="empty"):
        read_or_create(tmp_path / "key", lambda: "secret")


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match="cannot be read or made"):
        read_or_create(tmp_path / "file" / "key", lambda: "secret")
