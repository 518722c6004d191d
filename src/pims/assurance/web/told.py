"""A fault of the proof of custody in the words of a page: what is amiss, and what ends it."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from pims.assurance.proof import fault_kinds
from pims.assurance.selectors import AlarmInfo
from pims.assurance.web.ways import order_ids
from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.kernel.reasons import Reason
from pims.people import selectors as people
from pims.ui import wording
from pims.ui.shapes import Fact, Text
from pims.ui.sources import source_text


def fault_of(alarm: AlarmInfo) -> str:
    """The kind of fault that the alarm tells of; "" of one that the proof did not raise."""
    fault = str(alarm.params.get("fault", ""))
    return fault if fault in fault_kinds() else ""


def facts_of_fault(viewer: Actor, alarm: AlarmInfo, language: str) -> list[Fact]:
    fault = fault_of(alarm)
    if not fault:
        return []
    kind = fault_kinds()[fault]
    params = {name: _param(name, value) for name, value in alarm.params.items()}
    if order_ids(alarm):
        names = _orders(viewer, alarm)
        params["orders"] = ", ".join(names.get(one, one) for one in order_ids(alarm))
    code = f"proof.{fault}"
    if (own := f"{code}.{alarm.params.get('variant')}") in wording.catalogue():
        code = own
    facts = [Fact(_("What is amiss"), wording.render(Reason(code, params), language))]
    if kind.reference:
        facts.append(Fact(_("Rests on"), source_text(kind.reference, language)))
    return facts


def what_ends_it(alarm: AlarmInfo, language: str) -> Text:
    """The fact by which the alarm ends; "" where nothing says it."""
    fault = fault_of(alarm)
    code = f"proof.{fault}.ends" if fault else f"alarm.{alarm.kind.code}.ends"
    return wording.render(Reason(code), language) if code in wording.catalogue() else ""


def _param(name: str, value: object) -> object:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "—"
    if name in ("day", "term_ends") and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _orders(viewer: Actor, alarm: AlarmInfo) -> Mapping[str, str]:
    """What the orders are called on their papers, as far as the viewer may read these."""
    if alarm.person_id is None or alarm.establishment_id is None:
        return {}
    root = people.canonical_id(alarm.person_id)
    found = {
        f"O{one.order_id}": one.reference
        for one in courts.orders(viewer, [root]).get(root, ())
        if one.reference
    }
    if viewer.system or visible_ids(viewer, "authority.view", [root]):
        zone = facilities.time_zone(alarm.establishment_id)
        for brief in authority.warrants_of([root], zone=zone).get(root, ()):
            if brief.reference:
                found[f"W{brief.warrant_name_id}"] = brief.reference
    return found
