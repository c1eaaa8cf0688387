"""The pages, and the endpoint that makes session keys: guard, form, provider, answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.csrf import csrf_failure as csrf_failure_page
from django.views.decorators.http import require_POST, require_safe

from sessions_app import answers, connect, guards, registry
from sessions_app.errors import Forbidden, MintError, Rejected
from sessions_app.forms import FORMS, SessionForm, TalkForm, TranscribeForm

NO_TOKEN = "The page was open too long, or cookies are blocked. Allow cookies for this site and reload the page."


@require_safe
def talk(request: HttpRequest) -> HttpResponse:
    """Talk with a model."""
    return _page(request, TalkForm)


@require_safe
def transcribe(request: HttpRequest) -> HttpResponse:
    """Live captions."""
    return _page(request, TranscribeForm)


@require_POST
async def create_session(request: HttpRequest) -> HttpResponse:
    """An ephemeral key for the settings in the form; JSON or HTML, as asked."""
    form = _form(request, FORMS.get(request.POST.get("kind", ""), TalkForm), request.POST)
    try:
        guards.check_same_origin(request)
        registry.current().check_offered(request, request.POST.get("provider", ""))
        if form.is_valid():
            return await _mint(request, form)
    except Rejected as error:
        form.reject(error.param, error.message)
    except MintError as error:
        return answers.refused(request, error, form)
    return answers.invalid(request, form)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """As Django's own answer, and JSON for the page's script."""
    if answers.wants_json(request):
        foreign = reason.startswith("Origin checking failed")
        return answers.refused_json(Forbidden(guards.FOREIGN_PAGE if foreign else NO_TOKEN))
    return csrf_failure_page(request, reason)


async def _mint(request: HttpRequest, form: SessionForm) -> HttpResponse:
    provider, config = form.chosen, form.session_config()
    assert provider is not None, "a valid form has a provider"
    await guards.count_mint(request, provider)
    minted = await provider.create_key(config)
    return answers.minted(request, connect.answer(request, provider, config, minted))


def _page(request: HttpRequest, form_class: type[SessionForm]) -> HttpResponse:
    return answers.page(request, _form(request, form_class))


def _form(request: HttpRequest, form_class: type[SessionForm], data: QueryDict | None = None) -> SessionForm:
    today = timezone.now().date().isoformat()
    return form_class(data, providers=registry.current().offered(request), today=today)
