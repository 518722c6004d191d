"""The law that was there at the first calculation is in force from then on."""

from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.here import HERE
from pims.jurisdictions.sentence_law import Law, LawText
from pims.sentences import events
from pims.sentences import law as laws
from pims.sentences.models import LawInForce
from pims.sentences.models import LawText as KeptText


def law_in_force(tx: Transaction) -> Law:
    """The law in force; where none has been put in force here, that of this version's files is."""
    return laws.law_kept(standing(tx).text.fingerprint)


def standing(tx: Transaction) -> LawInForce:
    """The row of the law in force."""
    rows = LawInForce.objects.select_related("text").filter(law=HERE, ended_at=None)
    row = rows.first()
    if row is not None:
        return row
    made = LawInForce(law=HERE, text=keep_text(tx, laws.text_shipped()), since=tx.now)
    LawInForce.objects.bulk_create([made], ignore_conflicts=True)
    row = rows.get()
    if row.since == tx.now:
        tx.record(events.LawPutInForce(person_id=None, law_in_force_id=row.pk, law=HERE))
    return row


def keep_text(tx: Transaction, text: LawText) -> KeptText:
    """The row of a text, made where there is none yet."""
    said = laws.text_fingerprint(text)
    row = KeptText(
        law=HERE, fingerprint=said, rules=text.rules, holidays=text.holidays, kept_at=tx.now
    )
    KeptText.objects.bulk_create([row], ignore_conflicts=True)
    return KeptText.objects.get(law=HERE, fingerprint=said)
