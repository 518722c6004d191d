"""A compiled read answers exactly what its queryset answers, whatever the values and the shape."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from pims.foundation.access.models import Grant, Role, User
from pims.foundation.bulk import any_of
from pims.foundation.commands.models import CommandResult
from pims.foundation.compiled import SHAPES_KEPT, compiled
from pims.foundation.history.known import held_at
from pims.kernel import clock

pytestmark = pytest.mark.django_db


@compiled
def named(badge: Any) -> QuerySet[Any, Any]:
    return User.objects.filter(badge=badge).values_list("id", "badge", named=True)


@compiled
def of_ids(ids: Any, *, among: tuple[str, ...]) -> QuerySet[Any, Any]:
    return User.objects.filter(any_of("id", ids)).exclude(badge__in=among).order_by("badge")


@pytest.fixture
def users(db: None) -> list[User]:
    return [
        User.objects.create(
            badge=f"K{n}", name=f"Officer {n}", kind=User.Kind.STAFF, created_at=clock.now()
        )
        for n in range(4)
    ]


def test_rows_are_those_of_the_queryset(users: list[User]) -> None:
    ids = {user.pk for user in users}
    for among in ((), ("K1",), ("K1", "K3")):
        expected = list(of_ids.build(ids, among=among))
        found = of_ids(ids, among=among)
        assert found == expected
        assert [vars(a)["name"] for a in found] == [vars(b)["name"] for b in expected]
    assert of_ids({users[2].pk}, among=()) == [users[2]]
    assert of_ids([], among=()) == []


def test_a_value_is_a_value_and_never_sql(users: list[User]) -> None:
    assert [row.badge for row in named("K2")] == ["K2"]
    assert named("' OR true --") == []
    assert named("%s") == []


def test_plain_flat_and_converted_columns_come_as_the_orm_gives_them(users: list[User]) -> None:
    @compiled
    def flat(name: Any) -> QuerySet[Any, Any]:
        return User.objects.filter(name=name).values_list("badge", flat=True)

    @compiled
    def plain(name: Any) -> QuerySet[Any, Any]:
        return User.objects.filter(name=name).values_list("badge", "name")

    @compiled
    def results(name: Any) -> QuerySet[Any, Any]:
        return CommandResult.objects.filter(name=name).values_list("result", "digest", "command_id")

    CommandResult.objects.create(
        actor_id=1, command_id=uuid4(), name="a.b", digest=b"\0" * 32, result={"ids": [1, None]},
        recorded_at=clock.now(),
    )  # fmt: skip
    assert [bytes(row[1]) for row in results("a.b")] == [b"\0" * 32]
    assert [(row[0], row[2]) for row in results("a.b")] == [
        (row[0], row[2]) for row in results.build("a.b")
    ]
    assert flat("Officer 1") == ["K1"]
    assert plain("Officer 1") == [("K1", "Officer 1")]


def test_one_value_may_stand_in_two_places(users: list[User]) -> None:
    @compiled
    def holding(at: Any) -> QuerySet[Any, Any]:
        return Grant.objects.filter(held_at(at)).order_by("id").values_list("id", flat=True)

    now = clock.now()
    role = Role.objects.first()
    for user, (starts, ends) in zip(users, ((-2, -1), (-1, None), (-1, 1), (1, None)), strict=True):
        Grant.objects.create(
            user=user,
            role=role,
            labels=["ordinary"],
            starts_at=now + timedelta(hours=starts),
            ends_at=None if ends is None else now + timedelta(hours=ends),
            granted_by=users[0],
        )
    for hours in range(-3, 3):
        at = now + timedelta(hours=hours)
        assert holding(at) == list(holding.build(at))


def test_a_queryset_that_can_have_no_rows_asks_nothing(users: list[User]) -> None:
    @compiled
    def nobody(badge: Any) -> QuerySet[Any, Any]:
        return User.objects.filter(badge=badge).none()

    with CaptureQueriesContext(connection) as asked:
        assert nobody("K1") == []
    assert len(asked) == 0


def test_what_it_cannot_answer_faithfully_is_refused(users: list[User]) -> None:
    for build in (
        lambda pk: Grant.objects.filter(pk=pk).select_related("user"),
        lambda pk: User.objects.filter(pk=pk).prefetch_related("grants"),
        lambda pk: User.objects.filter(pk=pk).annotate(again=F("badge")),
        lambda pk: User.objects.filter(pk=pk).values("badge"),
    ):
        with pytest.raises(TypeError, match="not compiled"):
            compiled(build)(1)
    with pytest.raises(TypeError, match="none of them None"):
        named(None)
    with pytest.raises(TypeError, match="takes 1 values"):
        named("K1", "K2")


def test_shapes_are_bounded_and_threads_may_share_one(users: list[User]) -> None:
    for n in range(SHAPES_KEPT + 10):
        of_ids({users[0].pk}, among=(f"none{n}",))
    assert len(of_ids._statements) == SHAPES_KEPT
    of_ids._statements.clear()
    # A race to compile the same shape: each makes the same statement.
    with ThreadPoolExecutor(8) as threads:
        built = list(threads.map(lambda _: _sql(), range(16)))
    assert len(set(built)) == 1


def _sql() -> str:
    statement = of_ids.statement(among=())
    assert statement is not None
    return statement.sql
