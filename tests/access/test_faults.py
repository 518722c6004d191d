"""What a page says when something is refused or goes wrong, and what it never says."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from structlog.testing import capture_logs

from pims.config.urls import urlpatterns as site
from pims.foundation.access.services import set_language
from pims.foundation.commands.models import CommandResult
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound, Refused
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.pages import page
from tests.access.staff import PIN, signed_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__), pytest.mark.any_server]

BOTH = ("GET", "HEAD", "POST")
SECRET = "FAKENAME Of-A-Prisoner"


@page(permission=None, methods=BOTH)
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@page(permission=None, methods=BOTH)
def breaks_after_saving(request: Any) -> HttpResponse:
    set_language(command_from(request), user_id=request.actor.user_id, language="es")
    raise RuntimeError(SECRET)


@page(permission=None, methods=BOTH)
def refuses(request: HttpRequest) -> HttpResponse:
    raise Refused(
        Reason("access.grant_to_self", decided_by="authority.decide", reference="Rule 7"),
        Reason("access.unknown_label"),
    )


@page(permission=None)
def hides(request: HttpRequest) -> HttpResponse:
    raise NotFound("person", SECRET)


@page(permission="people.erase")
def asks_too_much(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


def says_nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


@page(permission=None, methods=BOTH)
@require_recent_confirmation
def dangerous(request: Any) -> HttpResponse:
    return HttpResponse(repr(sorted(request.POST.lists())))


urlpatterns = [
    *site,
    path("t/breaks/", breaks),
    path("t/breaks-after/", breaks_after_saving),
    path("t/refuses/", refuses),
    path("t/hides/", hides),
    path("t/too-much/", asks_too_much),
    path("t/says-nothing/", says_nothing),
    path("t/dangerous/", dangerous),
]


def client_of(*roles: str, **more: Any) -> Client:
    return signed_in(staff(*roles, **more), raise_request_exception=False)


def test_an_unexpected_error_gives_a_reference_and_keeps_the_trace_in_the_log() -> None:
    client = client_of("records_officer")
    with capture_logs() as logs:
        answer = client.get("/t/breaks/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Nothing was being saved" in text
    assert SECRET not in text
    assert "RuntimeError" not in text
    [line] = [entry for entry in logs if entry["event"] == "unexpected"]
    assert line["reference"] in text
    assert SECRET in line["trace"]


def test_an_error_before_saving_says_that_nothing_was_saved() -> None:
    client = client_of("records_officer")
    answer = client.post("/t/breaks/", {"command_id": str(uuid4())})
    assert "Nothing was saved." in answer.content.decode()


def test_an_error_after_saving_says_that_it_was_saved() -> None:
    client, command_id = client_of("records_officer"), str(uuid4())
    answer = client.post(
        "/t/breaks-after/", {"command_id": command_id}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 500
    assert answer.json()["saved"] == "saved"
    assert CommandResult.objects.filter(command_id=command_id).exists()


def test_where_the_database_cannot_be_asked_nothing_is_claimed(monkeypatch: Any) -> None:
    from django.db import OperationalError

    client = client_of("records_officer")

    def gone(*args: object, **kwargs: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(CommandResult.objects, "filter", gone)
    answer = client.post("/t/breaks/", {"command_id": str(uuid4())})
    assert "not known whether" in answer.content.decode()


def test_a_refusal_gives_every_reason_the_law_and_who_can_decide() -> None:
    answer = client_of("records_officer").get("/t/refuses/")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Nobody grants a role to themself." in text
    assert "Choose at least one of the marks" in text
    assert "Rule 7" in text
    assert "Officer in charge" in text
    assert "Superintendent" in text


def test_a_refusal_is_in_the_readers_language() -> None:
    answer = client_of("records_officer", language="es").get("/t/refuses/")
    text = answer.content.decode()
    assert "Nadie se otorga una función a sí mismo." in text
    assert "Oficial a cargo" in text
    assert '<html lang="es"' in text


def test_a_script_gets_a_refusal_as_data() -> None:
    client = client_of("records_officer")
    body = client.get("/t/refuses/", headers={"Accept": "application/json"}).json()
    assert [r["code"] for r in body["reasons"]] == ["access.grant_to_self", "access.unknown_label"]
    assert body["reasons"][0]["reference"] == "Rule 7"


def test_a_part_of_a_page_gets_a_part_of_a_page() -> None:
    client = client_of("records_officer")
    text = client.get("/t/refuses/", headers={"HX-Request": "true"}).content.decode()
    assert "Nobody grants" in text
    assert "<html" not in text


def test_what_may_not_be_known_of_looks_like_what_is_not_there() -> None:
    client = client_of("records_officer")
    hidden = client.get("/t/hides/")
    assert hidden.status_code == 404
    assert SECRET not in hidden.content.decode()
    assert client.get("/nowhere/at/all/").status_code == 404


def test_a_page_beyond_ones_role_is_refused_in_words() -> None:
    answer = client_of("records_officer").get("/t/too-much/")
    assert answer.status_code == 403
    assert "Erase a person" in answer.content.decode()


def test_a_view_that_asks_for_nothing_is_closed_even_to_the_superintendent() -> None:
    answer = client_of("superintendent").get("/t/says-nothing/")
    assert answer.status_code == 403
    assert b"reached" not in answer.content


def test_a_dangerous_step_asks_again_and_then_goes_on_with_what_was_typed() -> None:
    client = client_of("records_officer")
    session = client.session
    session["pims_confirmed"] = 0
    session.save()
    typed = {"command_id": "abc", "name": '<b>"x"</b>', "tick": ["1", "2"]}
    asked = client.post("/t/dangerous/", typed)
    assert asked.status_code == 403
    page_text = asked.content.decode()
    assert 'name="command_id" value="abc"' in page_text
    assert "&lt;b&gt;&quot;x&quot;&lt;/b&gt;" in page_text
    wrong = client.post("/t/dangerous/", {**typed, "confirm_secret": "111222"})
    assert wrong.status_code == 403
    assert "Nothing was done" in wrong.content.decode()
    done = client.post("/t/dangerous/", {**typed, "confirm_secret": PIN})
    assert done.status_code == 200
    assert PIN not in done.content.decode()
    assert "('tick', ['1', '2'])" in done.content.decode()
    assert client.post("/t/dangerous/", typed).status_code == 200, "for five minutes"
    assert LedgerEntry.objects.filter(kind="access.confirmed").count() == 1


def test_cancel_of_the_question_for_the_secret_leads_back_to_the_form() -> None:
    client = client_of("records_officer")
    session = client.session
    session["pims_confirmed"] = 0
    session.save()
    form = {"Referer": "http://testserver/release/case/7/?x=1"}
    asked = client.post("/t/dangerous/", {"name": "x"}, headers=form).content.decode()
    assert 'href="/release/case/7/?x=1"' in asked
    again = {"name": "x", "confirm_from": "/release/case/7/?x=1", "confirm_secret": "111222"}
    itself = {"Referer": "http://testserver/t/dangerous/"}
    wrong = client.post("/t/dangerous/", again, headers=itself).content.decode()
    assert 'href="/release/case/7/?x=1"' in wrong, "also after a wrong secret"
    for elsewhere in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        asked = client.post("/t/dangerous/", {"confirm_from": elsewhere}).content.decode()
        assert elsewhere not in asked


def test_a_refusal_leads_back_to_the_page_it_came_from() -> None:
    client = client_of("records_officer")
    form = {"Referer": "http://testserver/custody/event/7/death/"}
    text = client.post("/t/refuses/", {}, headers=form).content.decode()
    assert 'href="/custody/event/7/death/"' in text
    foreign = client.post("/t/refuses/", {}, headers={"Referer": "http://evil.example/x/"})
    assert "evil.example" not in foreign.content.decode()


def test_guessing_at_a_confirmation_signs_out_and_locks() -> None:
    user = staff("records_officer")
    client = signed_in(user)
    session = client.session
    session["pims_confirmed"] = 0
    session.save()
    for _ in range(5):
        last = client.post("/t/dangerous/", {"confirm_secret": "111222"})
    assert last["Location"] == "/sign-in/?ended=locked"
    assert client.get("/session/").status_code == 401


def test_a_form_from_an_earlier_session_is_told_apart_from_a_refusal() -> None:
    user = staff("records_officer")
    client = signed_in(user, enforce_csrf_checks=True)
    answer = client.post("/t/dangerous/", {"x": "y"})
    assert answer.status_code == 403
    assert "earlier session" in answer.content.decode()


@pytest.mark.parametrize("address", ["/account/", "/sign-in/", "/nowhere/", "/t/refuses/"])
def test_every_page_forbids_foreign_scripts_and_copies(address: str) -> None:
    answer = client_of("records_officer").get(address, follow=True)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["Cache-Control"] == "no-store"
    text = answer.content.decode()
    assert "<script>" not in text
    assert " style=" not in text
    assert " onclick=" not in text


def test_who_has_not_signed_in_is_led_to_the_page_that_signs_in() -> None:
    client = Client()
    assert client.get("/t/refuses/?a=1")["Location"] == "/sign-in/?next=%2Ft%2Frefuses%2F%3Fa%3D1"
    script = client.get("/t/refuses/", headers={"Accept": "application/json"})
    assert script.status_code == 401
    part = client.get(
        "/t/refuses/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/account/?b=2"},
    )
    assert part.status_code == 401
    assert part["HX-Redirect"] == "/sign-in/?next=%2Faccount%2F%3Fb%3D2"


def test_a_page_costs_few_queries_before_it_does_anything() -> None:
    from django.test.utils import CaptureQueriesContext

    client = client_of("records_officer")
    client.get("/account/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/offline/")
    assert len(seen) <= 5, [q["sql"][:90] for q in seen]
