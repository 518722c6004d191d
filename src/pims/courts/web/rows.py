"""Hearings and orders as lines of a page, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from pims.courts.selectors import HearingInfo, OrderInfo
from pims.courts.web import words
from pims.jurisdictions.order_kinds import Effect
from pims.people.selectors import PersonHeader
from pims.ui.shapes import Column, Flag, Text


@dataclass(frozen=True, slots=True)
class HearingRow:
    hearing: HearingInfo
    who: PersonHeader | None
    mode: Text
    state: Flag
    defects: Sequence[str]


@dataclass(frozen=True, slots=True)
class OrderRow:
    order: OrderInfo
    who: PersonHeader | None
    kind: str
    effect: Text
    flags: Sequence[Flag]
    sentences: Sequence[str]


def hearing_columns(*, named: bool = False) -> list[Column]:
    return [
        Column(_("Day")), *([Column(_("Prisoner"))] if named else []),
        Column(_("Court or body")), Column(_("Case")), Column(_("What for")),
        Column(_("Outcome")), Column(_("Action"), hidden_label=True),
    ]  # fmt: skip


def hearing_rows(
    hearings: Iterable[HearingInfo], heads: Mapping[int, PersonHeader], today: date
) -> list[HearingRow]:
    return [
        HearingRow(
            one, heads.get(one.person_id), words.MODES[one.mode], words.hearing_state(one, today),
            words.defects(one.defects),
        )
        for one in hearings
    ]  # fmt: skip


def order_rows(
    orders: Iterable[OrderInfo], heads: Mapping[int, Any], now: datetime
) -> list[OrderRow]:
    found = list(orders)
    sentences = {s.sentence_id: s for order in found for s in order.sentences}
    return [
        OrderRow(
            one,
            heads.get(one.person_id),
            words.order_kind(one.kind),
            words.EFFECTS[Effect(one.effect)],
            order_flags(one, now),
            [words.sentence_text(s, sentences) for s in one.sentences],
        )
        for one in found
    ]


def order_flags(order: OrderInfo, now: datetime) -> list[Flag]:
    """How it stands, what is wrong with it, and whether it was read twice."""
    flags = [Flag(words.STATES[order.state], words.STATE_TONES[order.state])]
    if order.defects:
        flags.append(Flag(words.defect_count(len(order.defects)), "warn"))
    reading = words.reading_flag(order, now=now)
    return [*flags, reading] if reading is not None else flags
