from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from sessions_app import guards
from sessions_app.errors import Forbidden, RateLimited
from tests.sessions_app.conftest import MakeProvider, new_loopback_address


def request(host: str = "localhost:8000", peer: str = "127.0.0.1", **headers: str) -> HttpRequest:
    return RequestFactory().post("/sessions/", HTTP_HOST=host, REMOTE_ADDR=peer, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost:8000"}, {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}],
)
def test_a_request_of_this_sites_page_passes(headers: dict[str, str]) -> None:
    guards.check_same_origin(request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8001"},
        {"Origin": "https://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_request_of_another_page_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Forbidden, match="another address"):
        guards.check_same_origin(request(**headers))


@pytest.mark.parametrize(
    ("host", "peer"),
    [("localhost:8000", "127.0.0.1"), ("127.0.0.1:8000", "127.0.0.2"), ("[::1]:8000", "::1")],
)
def test_a_paid_provider_is_offered_on_the_machine_itself(make_provider: MakeProvider, host: str, peer: str) -> None:
    assert guards.may_use(request(host, peer), make_provider())


@pytest.mark.parametrize(
    "withheld",
    [
        pytest.param(request(peer="192.168.1.7"), id="another machine"),
        pytest.param(request(host="testserver"), id="by a public name"),
        pytest.param(request(peer=""), id="unknown peer"),
        pytest.param(request(**{"X-Forwarded-For": "127.0.0.1"}), id="proxy with X-Forwarded-For"),
        pytest.param(request(**{"Forwarded": "for=127.0.0.1"}), id="proxy with Forwarded"),
        pytest.param(request(**{"X-Real-IP": "127.0.0.1"}), id="proxy with X-Real-IP"),
        pytest.param(request(**{"Via": "1.1 front"}), id="proxy with Via"),
    ],
)
def test_a_paid_provider_is_withheld_from(make_provider: MakeProvider, withheld: HttpRequest) -> None:
    assert not guards.may_use(withheld, make_provider())
    assert guards.may_use(withheld, make_provider(is_local=True))


def test_an_open_mint_offers_paid_providers_to_all(make_provider: MakeProvider, settings: object) -> None:
    settings.REALTIME_ALLOW_OPEN_MINT = True  # type: ignore[attr-defined]
    assert guards.may_use(request(peer="192.168.1.7"), make_provider())


@pytest.fixture
def someone() -> str:
    return new_loopback_address()


async def test_keys_are_counted_by_minute(someone: str) -> None:
    for _ in range(3):
        await guards._count(someone, 3, now=60.0)
    with pytest.raises(RateLimited) as caught:
        await guards._count(someone, 3, now=100.5)
    assert (caught.value.status, caught.value.retry_after) == (429, 20)
    await guards._count(someone, 3, now=120.0)


async def test_one_client_does_not_use_up_the_keys_of_another(someone: str) -> None:
    await guards._count(someone, 1, now=0.0)
    await guards._count(f"{someone}-else", 1, now=0.0)


@pytest.mark.parametrize(
    ("peer", "network"),
    [("10.0.0.7", "10.0.0.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", "unknown")],
)
def test_a_client_with_many_addresses_counts_as_one(peer: str, network: str) -> None:
    assert guards.client_network(request(peer=peer)) == network
