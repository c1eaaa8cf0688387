"""Secrets the site makes for itself, each in a file that only its owner can read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def read_or_create(path: Path, make: Callable[[], str]) -> str:
    """The secret in ``path``; on first use the one that ``make`` returns, written with mode 0600.

    Safe when several processes start at once: all return the same secret. Raises ImproperlyConfigured.
    """
    try:
        if not path.exists():
            _create(path, make())
        secret = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read or made ({error.strerror}). Check its owner.") from error
    if not secret:
        raise ImproperlyConfigured(f"{path} is empty. Delete it: the next start writes a new one.")
    return secret


def _create(path: Path, secret: str) -> None:
    """A link appears whole or not at all, and never replaces what another process has just put there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secret)
        os.link(temporary, path)
    except FileExistsError:
        pass  # another process was first: its secret counts
    finally:
        os.unlink(temporary)
