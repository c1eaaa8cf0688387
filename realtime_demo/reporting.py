"""What error reports must not show beyond Django's own list."""

from __future__ import annotations

import re

from django.views.debug import SafeExceptionReporterFilter


class SecretsFilter(SafeExceptionReporterFilter):
    # REALTIME_PROVIDERS holds keys; the address of a database or of Redis may hold a password.
    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|PROVIDERS|_URL|CACHES",
        flags=re.IGNORECASE,
    )
