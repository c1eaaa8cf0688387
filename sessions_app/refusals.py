"""A provider's refusal, told to the visitor: what happened and what to do. Providers' own words are shown only about
the configuration, because other messages may quote the key.
"""

from __future__ import annotations

from typing import Any

import httpx

from sessions_app.errors import ProviderError, Rejected

MAX_MESSAGE = 500  # characters of a provider's own words
DEFAULT_RETRY_AFTER_S = 10
MAX_RETRY_AFTER_S = 3600


def unreachable(label: str, error: httpx.HTTPError) -> ProviderError:
    """No answer at all."""
    if isinstance(error, httpx.TimeoutException):
        message = f"{label} did not answer in time. Try again; if it stays so, look at its status page."
        return ProviderError("provider_timeout", message, 502)
    message = f"{label} cannot be reached. Check this server's network and the provider's base URL."
    return ProviderError("provider_unreachable", message, 502)


def unreadable(label: str) -> ProviderError:
    """An answer, but not one of this dialect."""
    message = f"{label} answered with something that is not a session key. Check the provider's base URL and dialect."
    return ProviderError("provider_answer", message, 502)


def refused(label: str, answer: httpx.Response, *, is_local: bool) -> ProviderError:
    """The error for an answer other than 2xx."""
    status, error = answer.status_code, _error_of(answer)
    code = str(error.get("code") or "")
    if status in (400, 422) or code == "model_not_found":
        return _rejected(label, error, code)
    if status in (401, 403):
        message = f"{label} refused this server's API key. Whoever runs the site must check the key."
        return ProviderError("provider_refused_key", message, 401)
    if status == 429:
        return _limited(label, code, _retry_after(answer))
    if status == 503:
        message = f"{label} has no room for another session now. Try again in a few seconds."
        return ProviderError("engine_busy" if is_local else "provider_busy", message, 503, _retry_after(answer))
    return _failed(label, status)


def _rejected(label: str, error: dict[str, Any], code: str) -> ProviderError:
    if code == "beta_api_shape_disabled":
        message = f"{label} no longer speaks the beta dialect. Whoever runs the site must set its dialect to ga."
        return Rejected(message, None)
    param = "model" if code == "model_not_found" and not error.get("param") else error.get("param")
    message = str(error.get("message") or f"{label} refused these settings without saying why.")
    return Rejected(message[:MAX_MESSAGE], str(param) if param else None)


def _limited(label: str, code: str, retry_after: int) -> ProviderError:
    if code in ("insufficient_quota", "credit_balance_exhausted"):
        message = f"The account at {label} has no credit left. Whoever runs the site must add credit."
        return ProviderError(code, message, 429, retry_after)
    message = f"{label} gets too many requests from this account. Wait a moment and try again."
    return ProviderError("rate_limited", message, 429, retry_after)


def _failed(label: str, status: int) -> ProviderError:
    if status == 404 or 300 <= status < 400:
        message = f"{label} has no such endpoint (HTTP {status}). Check the provider's base URL and dialect."
        return ProviderError("provider_answer", message, 502)
    message = f"{label} failed (HTTP {status}). Try again; if it stays so, look at its status page."
    return ProviderError("provider_failed", message, 502)


def _error_of(answer: httpx.Response) -> dict[str, Any]:
    """The ``error`` object of the body; empty where the body is not the API's."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _retry_after(answer: httpx.Response) -> int:
    """Whole seconds; providers that send a date or nothing get a default."""
    asked = answer.headers.get("retry-after", "")
    return min(int(asked), MAX_RETRY_AFTER_S) if asked.isdecimal() else DEFAULT_RETRY_AFTER_S
