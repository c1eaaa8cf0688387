from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template

MODULES = {
    "pages/a.js": 'import { b } from "../parts/b.js";\nimport "../parts/c.js";\n/** @param {import("./t.js").T} x */\n',
    "parts/b.js": 'export { d } from "./d.js";\nimport {\n  c,\n} from "./c.js";\nexport const b = "./no.js";\n',
    "parts/c.js": 'import { d } from "./d.js"; // import "./comment.js";\n',
    "parts/d.js": "export const d = 1;\n",
    "parts/x-processor.js": "registerProcessor();\n",
}


@pytest.fixture
def modules(tmp_path: Path, settings: Any) -> Path:
    for name, source in MODULES.items():
        path = tmp_path / "js" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    settings.STATICFILES_DIRS = [tmp_path]
    settings.DEBUG = True  # nothing is remembered between tests
    return tmp_path / "js"


def preloads(entry: str) -> list[str]:
    return Template("{% load js %}{% module_preloads entry %}").render(Context({"entry": entry})).splitlines()


def test_every_module_of_the_graph_is_preloaded_once(modules: Path) -> None:
    names = ["pages/a", "parts/b", "parts/c", "parts/d"]
    assert preloads("pages/a.js") == [f'<link rel="modulepreload" href="/static/js/{name}.js">' for name in names]


def test_an_import_of_a_missing_module_is_an_error(modules: Path) -> None:
    (modules / "parts/d.js").unlink()
    with pytest.raises(FileNotFoundError, match=r"js/parts/d\.js"):
        preloads("pages/a.js")


@pytest.mark.parametrize("entry", ["pages/talk.js", "pages/transcribe.js"])
def test_the_real_pages_preload_no_worklet(entry: str) -> None:
    links = preloads(entry)
    assert len(links) == len(set(links)) > 1
    assert not any("-processor.js" in link for link in links)
