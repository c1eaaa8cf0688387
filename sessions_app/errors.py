"""Why no key was made.

MintError           message (cause and remedy), code, HTTP status, seconds to wait
├── Forbidden       a guard of this site said no: 403
├── RateLimited     too many keys from one address: 429
├── TrialError      a request of the reference page cannot be sent as typed: 400
└── ProviderError   the provider did not make one: 401, 429, 502, 503
    └── Rejected    it refused the configuration, naming a field where it can: 400
"""

from __future__ import annotations


class MintError(Exception):
    """``message`` is shown to the visitor and never holds a key."""

    def __init__(self, code: str, message: str, status: int, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after


class Forbidden(MintError):
    def __init__(self, message: str) -> None:
        super().__init__("forbidden", message, 403)


class RateLimited(MintError):
    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__("rate_limited", message, 429, retry_after)


class TrialError(MintError):
    def __init__(self, message: str) -> None:
        super().__init__("invalid_request", message, 400)


class ProviderError(MintError):
    """The provider refused, failed or could not be reached."""


class Rejected(ProviderError):
    """The provider refused the configuration; ``param`` is its dotted name of the field, or None."""

    def __init__(self, message: str, param: str | None) -> None:
        super().__init__("rejected", message, 400)
        self.param = param
