"""An injury is kept with its picture, and the picture is a file of the vault."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from pims.custody import selectors, services
from pims.custody.models import Injury
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import Actor
from pims.foundation.ledger.models import LedgerEntry
from pims.foundation.vault.models import Blob
from pims.foundation.vault.tests import samples
from pims.kernel.errors import InvalidInput, NotFound


def pictured(prison: Prison) -> tuple[int, int]:
    held = prison.held()
    made = services.record_injury(
        prison.command,
        episode_id=held.episode_id,
        description="Cut above the right eye",
        photo=samples.image_bytes(),
    )
    return held.person_id, made.injury_id


def test_the_picture_of_an_injury_is_sealed_and_shown_to_who_may_see_the_person(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    person_id, injury_id = pictured(prison)
    injury = Injury.objects.get(pk=injury_id)
    blob = Blob.objects.get(pk=injury.photo_id)
    assert (blob.person_id, blob.kind) == (person_id, "photo")
    officer = make_actor("custody.view")
    found = selectors.injury_photograph(officer, injury_id)
    assert found.text.startswith(b"\xff\xd8")
    read = LedgerEntry.objects.order_by("-serial")[0]
    assert person_id in read.person_ids
    (info,) = selectors.episodes(officer, person_id)
    assert [i.photographed for i in info.injuries] == [True]


@pytest.mark.any_server
def test_whoever_may_not_see_the_person_does_not_learn_that_there_is_a_picture(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    _person_id, injury_id = pictured(prison)
    elsewhere = make_actor("custody.view", establishment_id=prison.establishment_id + 999)
    with pytest.raises(NotFound):
        selectors.injury_photograph(elsewhere, injury_id)


@pytest.mark.any_server
def test_an_injury_without_a_picture_has_none_to_show(prison: Prison) -> None:
    held = prison.held()
    made = services.record_injury(prison.command, episode_id=held.episode_id, description="Bruise")
    with pytest.raises(NotFound):
        selectors.injury_photograph(prison.actor, made.injury_id)


@pytest.mark.any_server
def test_a_picture_alone_says_enough(prison: Prison) -> None:
    held = prison.held()
    services.record_injury(prison.command, episode_id=held.episode_id, photo=samples.image_bytes())
    assert Injury.objects.get().photo_id is not None


def test_a_file_that_is_no_picture_is_told_at_its_field_and_nothing_is_kept(
    prison: Prison,
) -> None:
    held = prison.held()
    with pytest.raises(InvalidInput) as wrong:
        services.record_injury(
            prison.command, episode_id=held.episode_id, description="Cut", photo=b"%PDF-1.4"
        )
    assert set(wrong.value.fields) == {"photo"}
    assert not Injury.objects.exists()


def test_the_database_itself_refuses_a_picture_that_the_vault_does_not_hold(
    prison: Prison,
) -> None:
    _person_id, injury_id = pictured(prison)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Injury.objects.filter(pk=injury_id).update(photo_id=uuid4())
