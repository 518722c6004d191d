"""People for the tests, made through the services."""

from collections.abc import Callable
from datetime import date

import pytest

from pims.facilities.models import Establishment
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.people import services
from pims.people.services import NameInput, PersonCreated

MakePerson = Callable[..., PersonCreated]


@pytest.fixture
def prison(db: None) -> Establishment:
    return Establishment.objects.create(code="TEST", name="Test Prison")


@pytest.fixture
def officer(make_actor: Callable[..., Actor]) -> Actor:
    """A records officer who may see and change everybody, children included."""
    return make_actor("people.view", "people.edit", "people.merge", "people.view_confidential")


@pytest.fixture
def make_person(officer: Actor, prison: Establishment) -> MakePerson:
    """`make_person("Given", "Family", born=date, **more)`."""

    def make(
        given: str = "", family: str = "", born: date | None = None, **more: object
    ) -> PersonCreated:
        names = [NameInput(given, family)] if given or family else []
        return services.create_person(
            Command(officer),
            names=names,
            birth_date=born,
            birth_precision="day" if born else "unknown",
            establishment_id=prison.pk,
            **more,  # type: ignore[arg-type]
        )

    return make
