"""Documents are tested: what the settings read is described, and what is described is read."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""\benv(?:\.\w+)?\(\s*"([A-Z_]+)""")
DESCRIBED = re.compile(r"^#?([A-Z][A-Z_]+)=", re.MULTILINE)


def variables_read() -> set[str]:
    return set(READ.findall((ROOT / "realtime_demo/settings.py").read_text()))


def test_every_variable_is_described_in_the_example_and_no_other() -> None:
    described = DESCRIBED.findall((ROOT / ".env.example").read_text())
    assert sorted(described) == sorted(variables_read())


def test_every_variable_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert {name for name in variables_read() if f"`{name}`" not in readme} == set()


def test_only_the_settings_read_the_environment() -> None:
    packages = ("realtime_demo", "sessions_app", "realtime_api", "realtime_engine")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    reads = re.compile(r"""os\.getenv\(|os\.environ(\.get\(|\["'][^"']+["']\](?! =))""")
    assert [path.name for path in files if reads.search(path.read_text())] == []
