"""The providers of this site, and who may use which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import httpx
from django.apps import apps
from django.http import HttpRequest

from sessions_app import guards
from sessions_app.errors import Forbidden
from sessions_app.providers import RealtimeProvider

if TYPE_CHECKING:
    from sessions_app.apps import SessionsAppConfig

PAID_HERE_ONLY = (
    "It costs money, so it is offered only to a browser on the machine that runs the site, opened at localhost."
)


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A provider that cannot be used, and why."""

    label: str
    reason: str


class Registry:
    """Providers in the order in which the page shows them. Owns the HTTP client they share."""

    def __init__(
        self,
        providers: Sequence[RealtimeProvider],
        client: httpx.AsyncClient,
        unavailable: Sequence[Unavailable] = (),
    ) -> None:
        self._providers = {provider.id: provider for provider in providers}
        self._client = client
        self._unavailable = tuple(unavailable)

    def offered(self, request: HttpRequest) -> list[RealtimeProvider]:
        """The providers whoever sent this request may use."""
        return [provider for provider in self._providers.values() if guards.may_use(request, provider)]

    def unavailable(self, request: HttpRequest) -> list[Unavailable]:
        """What is configured but cannot be used from here."""
        withheld = [each for each in self._providers.values() if not guards.may_use(request, each)]
        return [*self._unavailable, *(Unavailable(each.label, PAID_HERE_ONLY) for each in withheld)]

    def check_offered(self, request: HttpRequest, provider_id: str) -> None:
        """Raises Forbidden for a provider that exists and is withheld from this client."""
        provider = self._providers.get(provider_id)
        if provider is not None and not guards.may_use(request, provider):
            raise Forbidden(f"{provider.label} is not offered to this browser. {PAID_HERE_ONLY}")

    async def aclose(self) -> None:
        """Closes the connections to the providers."""
        await self._client.aclose()


def current() -> Registry:
    """The registry of this process."""
    config = cast("SessionsAppConfig", apps.get_app_config("sessions_app"))
    return config.registry
