"""Template tags for JavaScript modules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

ROOT = "js"
STATIC_IMPORT = re.compile(
    r"""^\s*(?:import|(?:import|export)\b[\w$*{},\s]+\bfrom)\s*['"](\.{1,2}/[^'"]+)['"]\s*;""", re.MULTILINE
)


@register.simple_tag
def module_preloads(entry: str) -> SafeString:
    """A modulepreload link for the entry (below ``static/js/``) and every module it imports, once each, so that the
    browser fetches the whole graph at once. Worklets are loaded by URL, not imported, and so are not among them.
    """
    names = tuple(_graph(entry)) if settings.DEBUG else _cached_graph(entry)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(name),) for name in names))


@cache
def _cached_graph(entry: str) -> tuple[str, ...]:
    return tuple(_graph(entry))


def _graph(entry: str) -> Iterator[str]:
    """Static-file names of the entry's module graph, breadth first. Raises FileNotFoundError for a missing module."""
    names = [posixpath.join(ROOT, entry)]
    for name in names:  # grows while it is walked
        yield name
        names += [imported for imported in dict.fromkeys(_imports(name)) if imported not in names]


def _imports(name: str) -> Iterator[str]:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"There is no static file {name}.")
    source = Path(path).read_text(encoding="utf-8")
    for match in STATIC_IMPORT.finditer(source):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1]))
