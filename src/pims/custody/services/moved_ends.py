"""A death, a removal or a discharge at court is moved to the hour at which it was."""

from datetime import datetime

from pims.authority import services as authority_services
from pims.custody import events
from pims.custody.beginnings import others_of
from pims.custody.models import EndOfCustody, Episode
from pims.custody.services.about import about
from pims.custody.services.closing import (
    EndResult,
    detaining,
    end_rows,
    end_warrants,
    local_day,
)
from pims.custody.services.common import Moment, moment, require_episode, scope_from_rows
from pims.custody.services.corrections import tell_corrected
from pims.custody.services.death import NO_COUNTRY
from pims.custody.services.end_corrections import CORRECT, ENDED_AS, MAY_BE_MOVED
from pims.custody.services.restoring import restore_rows
from pims.custody.services.words import line
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.people import services as people_services
from pims.people.countries import is_country

_BASIS = {"died": "death in custody", "removed": "removal", "discharged_at_court": "court"}


@service
def move_end(
    tx: Transaction,
    *,
    end_id: int,
    version: int,
    happened_at: datetime,
    reason: str,
    country: str = "",
) -> EndResult:
    """Correct when an end was, and of a removal to which country (empty leaves it).

    The warrants that ended with it end at the right hour; what the wrong hour cut off is put back
    first. Raises Stale, NotFound, Refused for a discharge (the release room's), InvalidInput
    without a reason, for no such country, an hour in the future, not after reception, or after
    the person was received again.
    """
    found = EndOfCustody.objects.filter(pk=end_id, taken_back_at=None).first()
    if found is None:
        raise NotFound("end_of_custody", end_id)
    episode = require_episode(tx, found.episode_id, CORRECT)
    end = EndOfCustody.objects.get(pk=end_id)
    if end.version != version:
        raise Stale
    if episode.end_kind not in MAY_BE_MOVED:
        refuse(Reason("custody.end_stands")).require()
    reason = line("reason", reason, 500)
    code = country.strip().upper() or end.country
    wrong: dict[str, Reason] = {}
    if not reason:
        wrong["reason"] = Reason("custody.reason_missing")
    if code != end.country and (not is_country(code) or code in NO_COUNTRY):
        wrong["country"] = Reason("custody.country_missing")
    new = minutes.after(moment(tx, happened_at).at, episode.starts_at)
    if new <= episode.starts_at:
        wrong["happened_at"] = Reason("custody.end_before_reception")
    if others_of(episode).filter(starts_at__gt=episode.starts_at, starts_at__lt=new).exists():
        wrong["happened_at"] = Reason("custody.episodes_would_overlap")
    if wrong:
        raise InvalidInput(wrong)
    before = {"ends_at": end.at, "country": end.country}
    if new != end.at:
        _move(tx, episode, end, new, reason)
    end.country = code
    end.version += 1
    end.save()
    after = {"ends_at": end.at, "country": end.country}
    changed = [name for name in after if after[name] != before[name]]
    tell_corrected(tx, episode, changed, reason, before, after)
    tx.record(
        events.EndAmended(**about(episode, tx.now), end_id=end.pk, fields=" ".join(changed)),
        details={"reason": reason, "before": before, "after": after},
    )
    return EndResult(end.pk, episode.pk, end.at)


def _move(tx: Transaction, episode: Episode, end: EndOfCustody, new: datetime, reason: str) -> None:
    kind = episode.end_kind
    opened = authority_services.reopen_warrants_by_fact(
        tx.beyond_scope(),
        person_id=episode.person_id,
        end_kind=ENDED_AS[kind],
        at=end.at,
        basis=reason,
    )
    restore_rows(tx, episode, end.at, kind, goes_on=False)
    if kind == Episode.EndKind.DISCHARGED_AT_COURT and not opened:
        # By the wrong hour no paper seemed to hold; what holds alone at the right one ended there.
        holding = detaining(episode, new)
        opened = holding if len(holding) == 1 else ()
    basis = end.order_seen or _BASIS[kind]
    end_warrants(tx, opened, at=new, end_kind=ENDED_AS[kind], basis=basis)
    end_rows(tx, episode, Moment(new, given=True), kind)
    episode.ends_at = end.at = new
    episode.version += 1
    episode.save(update_fields=["ends_at", "version"])
    if kind == Episode.EndKind.DIED:
        people_services.record_death(
            tx.beyond_scope(),
            person_id=episode.person_id,
            died_on=local_day(new, episode.establishment_id),
        )
    held = Episode.objects.filter(person_id=episode.person_id, ends_at=None).first()
    if held is not None:
        scope_from_rows(held)
