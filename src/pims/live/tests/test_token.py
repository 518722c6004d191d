"""The pass to the live stream says who, for which establishments, from which page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from pims.foundation.access.actor import Actor, Reach
from pims.kernel.errors import NotPermitted
from pims.live import token
from pims.live.token import NotAPass, issue, read_pass, stream_url


def officer(*establishments: int | None, permission: str = "live.view") -> Actor:
    reaches = tuple(
        Reach("officer", frozenset({permission}), one, None, frozenset({"ordinary"}))
        for one in establishments
    )
    return Actor(user_id=9, name="Officer", badge="1", reaches=reaches)


def read(text: str) -> token.Pass:
    return read_pass(text, key=settings.SECRET_KEY)


def test_it_reaches_as_far_as_the_grants() -> None:
    assert read(issue(officer(2, 3), origin="http://a")).establishment_ids == {2, 3}
    assert read(issue(officer(2, None), origin="http://a")).establishment_ids is None
    system = Actor(user_id=1, name="System", badge="S", system=True)
    assert read(issue(system, origin="http://a")).establishment_ids is None


def test_whoever_may_not_see_the_board_gets_none() -> None:
    with pytest.raises(NotPermitted):
        issue(officer(2, permission="custody.view"), origin="http://a")


def test_a_signature_made_for_something_else_is_none() -> None:
    from django.core import signing

    with pytest.raises(NotAPass):
        read(signing.dumps({"u": 9, "e": None, "o": "http://a"}, salt="another use"))
    with pytest.raises(NotAPass):
        read(signing.dumps(["u"], salt="pims.live.stream"))


@pytest.mark.django_db
class TestTheAddress:
    def parts(self, url: str) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    def test_is_on_the_host_of_the_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PIMS_EVENTS_PORT", "8123")
        url = stream_url(officer(2), page_origin="http://prison.lan:8000/", topics=("custody",))
        assert url.startswith("http://prison.lan:8123/events?")
        found = self.parts(url)
        assert (found["topics"], found["after"]) == ("custody", "0")
        assert read(found["token"]).origin == "http://prison.lan:8000"

    def test_is_beside_the_pages_where_no_port_is_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PIMS_EVENTS_PORT", raising=False)
        monkeypatch.setenv("PIMS_PORT", "9000")
        assert stream_url(officer(2)).startswith("http://127.0.0.1:9001/events?")

    def test_may_be_behind_a_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PIMS_EVENTS_URL", "https://pims.example/live/")
        url = stream_url(officer(2), page_origin="https://pims.example", after=7)
        assert url.startswith("https://pims.example/live/events?")
        assert self.parts(url)["after"] == "7"
