"""What is typed into the books of custody is kept as text, or told to be unfit: never executed."""

from datetime import timedelta

import pytest

from pims.custody import selectors, services
from pims.custody.models import BodyReceipt, CourtReturn
from pims.custody.services import ReturnRow
from pims.custody.tests.prison import Prison, man
from pims.kernel import clock
from pims.kernel.errors import InvalidInput

pytestmark = pytest.mark.any_server

HOSTILE = (
    "Robert'); DROP TABLE custody_episode;--",
    "<script>alert(1)</script>",
    '=HYPERLINK("x","y")',
    "{{ 7 * 7 }} %s {0}",
    "Pérez-Ñandú 👶🏽 \N{ARABIC LETTER ALEF}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_kept_as_it_was_typed(prison: Prison, text: str) -> None:
    (receipt,) = prison.receive(man(text, injuries=text))
    kept = BodyReceipt.objects.get(pk=receipt.receipt_id)
    assert (kept.name_as_given, kept.injuries) == (text, text)
    later = clock.now() + timedelta(seconds=5)
    with clock.at(later):
        (escort_id,) = prison.out(receipt.person_id, destination=text)
    with clock.at(later + timedelta(seconds=5)):
        prison.back(escort_id=escort_id, outcome="same_warrant", note=text)
    assert CourtReturn.objects.get().note == text
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.person_id == receipt.person_id


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("evil\u202etxt", "text.reorders"),
        ("bell\x07", "text.control_character"),
        ("x" * 10_000, "text.too_long"),
    ],
)
def test_text_that_misleads_the_reader_or_never_ends_is_told_by_its_field(
    prison: Prison, text: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        prison.receive(man("Fine"), man("Also Fine", injuries=text))
    assert {f: r.code for f, r in caught.value.fields.items()} == {"receipts.1.injuries": code}
    held = prison.held()
    with pytest.raises(InvalidInput) as caught:
        services.record_escape(prison.command, episode_id=held.episode_id, circumstances=text)
    assert caught.value.fields["circumstances"].code == code
    (escort_id,) = prison.out(held.person_id, left_at=clock.now() - timedelta(hours=1))
    result = services.record_returns(
        prison.command,
        establishment_id=prison.establishment_id,
        rows=[ReturnRow("same_warrant", escort_id=escort_id, note=text)],
    )
    assert [(p.field, p.code) for p in result.rows[0].problems] == [("note", code)]


def test_a_van_has_no_more_officers_than_seats(prison: Prison) -> None:
    held = prison.held()
    with pytest.raises(InvalidInput) as caught:
        prison.out(held.person_id, officers=[f"PC {n}" for n in range(13)])
    assert "officers" in caught.value.fields
