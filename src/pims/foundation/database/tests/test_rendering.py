"""Drawing less while migrating changes nothing that a later step can see."""

from django.db import models
from django.db.migrations.operations import AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from pims.foundation.database.rendering import only_what_changed

STEPS: list[Operation] = [
    CreateModel("Unit", [("id", models.BigAutoField(primary_key=True))]),
    CreateModel(
        "Cell",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("unit", models.ForeignKey("trial.Unit", models.CASCADE)),
        ],
    ),
    AddField("Unit", "code", models.CharField(max_length=5, default="")),
    AddIndex("Unit", models.Index(fields=["code"], name="unit_code")),
]


def _taken() -> ProjectState:
    state = ProjectState()
    assert state.apps  # drawn from the first step on, as in a migration
    for step in STEPS:
        state = state.clone()
        step.state_forwards("trial", state)
    return state


def test_each_step_sees_its_own_model_as_it_is_by_then() -> None:
    with only_what_changed():
        unit = _taken().apps.get_model("trial", "Unit")
    assert {field.name for field in unit._meta.get_fields()} >= {"id", "code"}


def test_a_step_that_runs_python_gets_models_that_fit_together() -> None:
    with only_what_changed():
        state = _taken()
        state.clear_delayed_apps_cache()  # what such a step does first
        unit, cell = (state.apps.get_model("trial", name) for name in ("Unit", "Cell"))
    assert cell._meta.get_field("unit").remote_field.model is unit
    assert [index.name for index in unit._meta.indexes] == ["unit_code"]
    assert cell(unit=unit(code="A")).unit.code == "A"


def test_the_state_is_the_same_either_way() -> None:
    with only_what_changed():
        ours = _taken()
    assert ours == _taken()
