from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command

BASE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's own static files, as ``make demo`` collects them."""
    from django.test import override_settings

    root = tmp_path_factory.mktemp("static")
    storages = {"staticfiles": {"BACKEND": "realtime_demo.storage.ModuleStorage"}}
    with override_settings(STATIC_ROOT=root, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def hashed(root: Path, pattern: str) -> list[Path]:
    return [path for path in root.rglob(pattern) if re.search(r"\.[0-9a-f]{12}\.", path.name)]


def test_hashed_modules_import_hashed_modules(collected: Path) -> None:
    modules = hashed(collected, "*.js")
    sources = re.findall(
        r"""^\s*(?:import|export)\b[^;()'"]*['"](\.{1,2}/[^'"]+)['"]""",
        "\n".join(module.read_text() for module in modules),
        re.MULTILINE,
    )
    assert len(sources) > 10
    assert [source for source in sources if not re.search(r"\.[0-9a-f]{12}\.js$", source)] == []


def test_static_files_are_served_compressed(collected: Path) -> None:
    big = [path for path in hashed(collected, "*.css") if path.stat().st_size > 2000]
    assert big
    assert all(path.with_name(f"{path.name}.gz").is_file() for path in big)
