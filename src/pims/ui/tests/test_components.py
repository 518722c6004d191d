"""What every page is promised by the components it is made of."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.template.loader import get_template
from django.utils import timezone, translation

from pims.kernel.decisions import Reason
from pims.kernel.periods import Period
from pims.ui.shapes import AlarmRow, Bar, Column, Fact, Flag, Identity, Tile, TimelineItem
from pims.ui.tests.rendering import rendered

HOSTILE = "\"><script>alert(1)</script>'{{ x }}"
TEMPLATES = Path(__file__).parents[1] / "templates"
NOON = datetime(2026, 3, 7, 18, 32, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_belize() -> Iterator[None]:
    with timezone.override("America/Belize"):
        yield


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.name)
def test_every_template_of_the_room_compiles(path: Path) -> None:
    assert get_template(str(path.relative_to(TEMPLATES))) is not None


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.name)
def test_no_template_needs_more_than_the_content_policy_allows(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle=", source), "style attributes are stopped"
    assert not re.search(r"\son[a-z]+=\"", source), "event attributes are stopped"
    assert not re.search(r"<script(?![^>]*\ssrc=)", source), "inline scripts are stopped"


def test_no_component_is_called_in_a_way_that_is_not_understood() -> None:
    """Tags between the attributes of a component are lost; so are components that do not exist."""
    known = {p.stem.replace("_", "-") for p in (TEMPLATES / "components").glob("*.html")}
    wrong = []
    for path in sorted(TEMPLATES.parents[1].rglob("*.html")):
        source = path.read_text()
        for found in re.finditer(r"<c-([\w.-]+)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>", source):
            name, attributes = found.group(1), re.sub(r"\"[^\"]*\"|'[^']*'", "", found.group(2))
            if name not in known | {"vars", "slot"} or "{%" in attributes or "{{" in attributes:
                wrong.append(f"{path.relative_to(TEMPLATES.parents[1])}: {found.group()[:90]}")
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        '<c-page-heading title="{{ x }}" caption="{{ x }}" lead="{{ x }}" />',
        '<c-page-heading :title="x" :caption="x" :lead="x" />',
        '<c-button label="{{ x }}" href="{{ x }}" name="{{ x }}" data-a="{{ x }}" />',
        '<c-button :label="x" :href="x" :data-a="x" />',
        '<c-button :label="x" :name="x" :value="x" :data-a="x" />',
        '<c-form :action="x" :draft="x" :data-a="x">{{ x }}</c-form>',
        '<c-banner :title="x">{{ x }}</c-banner>',
        '<c-empty :title="x">{{ x }}</c-empty>',
        '<c-panel :title="x" :data-a="x">{{ x }}</c-panel>',
        '<c-tag :label="x" :tone="x" />',
        '<c-summary-row :label="x" :href="x" :action="x">{{ x }}</c-summary-row>',
        '<c-details :summary="x">{{ x }}</c-details>',
        '<c-progress :label="x" :value="x" :max="x" />',
        '<c-refusal :reasons="reasons" :who="x" :how="x" :title="x" />',
        '<c-identity-bar :person="person" />',
        '<c-alarm-list :alarms="alarms" :label="x" />',
        '<c-timeline :items="items" />',
        '<c-table :caption="x" :columns="columns" :sort="x" :data-a="x"><tr></tr></c-table>',
        '<c-tiles :tiles="tiles" :label="x" />',
        '<c-summary-list :facts="facts" :title="x" />',
        '<c-warrant-bars :bars="bars" :title="x" />',
        "{% flags flags %}",
    ],
)
def test_what_people_wrote_is_never_read_as_markup(source: str) -> None:
    html = rendered(
        source,
        x=HOSTILE,
        reasons=[Reason(HOSTILE, {"a": HOSTILE}, HOSTILE)],
        person=Identity(
            HOSTILE,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            flags=(Flag(HOSTILE),),
            facts=(Fact(HOSTILE, HOSTILE),),
        ),
        alarms=[AlarmRow(HOSTILE, HOSTILE, HOSTILE, HOSTILE, NOON, detail=HOSTILE)],
        items=[TimelineItem(NOON, HOSTILE, HOSTILE, HOSTILE, HOSTILE)],
        columns=[Column(HOSTILE, HOSTILE)],
        tiles=[Tile(HOSTILE, HOSTILE, 1, 2, HOSTILE, lines=(HOSTILE,))],
        facts=[Fact(HOSTILE, HOSTILE, HOSTILE, HOSTILE)],
        bars=[Bar(HOSTILE, NOON, None, note=HOSTILE, url=HOSTILE)],
        flags=[Flag(HOSTILE)],
    )
    assert "<script>" not in html
    assert "&lt;script&gt;" in html or "%3Cscript%3E" in html


def test_a_refusal_says_why_by_what_law_and_who_can_decide_otherwise() -> None:
    html = rendered(
        '<c-refusal :reasons="reasons" who="Superintendent" />',
        reasons=[Reason("style.place_full", {"place": "A-12", "count": 2}, "Rule 12")],
    )
    assert "A-12 already holds 2." in html
    assert "Rule 12" in html
    assert "Who can decide otherwise:</strong> Superintendent" in html


def test_an_alarm_past_its_time_says_so_in_words() -> None:
    row = AlarmRow("No valid warrant", "TUN", "/a/", "Records officer", NOON, overdue=True)
    assert "Overdue" in rendered('<c-alarm-list :alarms="rows" />', rows=[row])


def test_an_empty_list_of_alarms_says_that_there_are_none() -> None:
    assert "No open alarms." in rendered('<c-alarm-list :alarms="rows" />', rows=[])


def test_a_late_entry_shows_both_times() -> None:
    item = TimelineItem(NOON, "Returned", recorded=NOON + timedelta(days=1))
    html = rendered('<c-timeline :items="items" />', items=[item])
    assert "7 Mar 2026 12:32" in html
    assert "entered later," in html
    assert "8 Mar 2026 12:32" in html


def test_a_column_sorts_up_then_down_and_starts_again_at_the_first_page() -> None:
    source = '<c-table caption="c" :columns="columns" sort="{{ sort }}"></c-table>'
    columns = [Column("Name", "name"), Column("Age")]
    up = rendered(source, path="/?unit=3&page=7", columns=columns, sort="name")
    assert 'aria-sort="ascending"' in up
    assert 'href="?unit=3&amp;sort=-name"' in up
    other = rendered(source, path="/", columns=columns, sort="age")
    assert 'href="?sort=name"' in other
    assert other.count("aria-sort") == 1


def test_the_bars_say_the_same_in_a_table_and_show_the_gap() -> None:
    html = rendered(
        '<c-warrant-bars :bars="bars" :gaps="gaps" title="Warrants" :now="now" />',
        bars=[
            Bar("First", NOON, NOON + timedelta(days=28)),
            Bar("Second", NOON + timedelta(days=30), None),
        ],
        gaps=[Period(NOON + timedelta(days=28), NOON + timedelta(days=30))],
        now=NOON + timedelta(days=40),
    )
    rows = re.findall(r"<tr[^>]*><th.*?</tr>", html)
    assert ["First" in rows[1], "No authority" in rows[2], "Second" in rows[3]] == [True] * 3
    assert "open" in rows[3]
    assert html.count("<rect") == 3
    assert "4 Apr 2026" in rows[1]


def test_what_ends_at_midnight_names_its_last_day_and_a_gap_that_goes_on_no_end() -> None:
    midnight = datetime(2027, 9, 3, 6, tzinfo=UTC)  # in Belize
    html = rendered(
        '<c-warrant-bars :bars="bars" :gaps="gaps" title="Warrants" :now="now" />',
        bars=[Bar("First", NOON, midnight)],
        gaps=[Period(midnight)],
        now=midnight + timedelta(days=40),
    )
    rows = re.findall(r"<tr[^>]*><th.*?</tr>", html)
    assert "2 Sep 2027" in rows[1]
    assert "3 Sep 2027" not in rows[1]
    assert ["No authority" in rows[2], "still so" in rows[2]] == [True, True]
    assert '2027</time></td><td data-label="Until">still so' in rows[2]


def test_the_marks_of_the_bars_are_days_and_none_is_there_twice() -> None:
    for days in (1, 3, 40, 400, 9000):
        bars = [Bar("One", NOON, NOON + timedelta(days=days))]
        html = rendered('<c-warrant-bars :bars="bars" :now="now" />', bars=bars, now=NOON)
        marks = re.findall(r'class="p-bars__date"[^>]*>([^<]*)<', html)
        assert 1 <= len(marks) <= 6
        assert len(set(marks)) == len(marks)


def test_a_fact_that_is_an_instant_is_written_as_one() -> None:
    html = rendered(
        '<c-summary-list :facts="facts" />',
        facts=[Fact("At", NOON), Fact("On", NOON.date()), Fact("For", timedelta(hours=2))],
    )
    assert ["7 Mar 2026 12:32" in html, "7 Mar 2026</time>" in html, "2 h" in html] == [True] * 3


def test_bars_in_spanish_still_give_numbers_that_a_drawing_understands() -> None:
    bars = [Bar("Uno", NOON, NOON + timedelta(days=3)), Bar("Dos", NOON, None)]
    with translation.override("es"):
        html = rendered('<c-warrant-bars :bars="bars" title="Órdenes" />', bars=bars)
    assert re.findall(r'(?:x1?|width)="([^"]*,[^"]*)%"', html) == []


def test_every_rendering_of_a_form_carries_its_own_command_id() -> None:
    found = [
        re.search(r'name="command_id" value="([0-9a-f-]{36})"', rendered("<c-form>x</c-form>"))
        for _ in range(2)
    ]
    first, second = (match.group(1) for match in found if match)
    assert first != second


def test_a_form_that_only_asks_carries_no_command() -> None:
    html = rendered('<c-form method="get">x</c-form>')
    assert "command_id" not in html
    assert "data-command" not in html


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As he says it")
    kind = forms.ChoiceField(label="Kind", widget=forms.RadioSelect, choices=[("a", "A")])


def test_a_wrong_field_is_tied_to_its_words_and_the_summary_leads_to_it() -> None:
    form = Sample({"name": ""})
    html = rendered(
        "{% error_summary form %}{% pims_field form.name %}{% pims_field form.kind %}", form=form
    )
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    field = re.search(r'<input[^>]*name="name"[^>]*>', html)
    assert field is not None
    assert 'aria-describedby="id_name-hint id_name-error"' in field.group()
    assert 'aria-invalid="true"' in field.group()
    assert 'id="id_name-error"' in html
    assert 'id="id_kind_0"' in html


def test_a_form_that_is_right_shows_no_summary() -> None:
    assert rendered("{% error_summary form %}", form=Sample()).strip() == ""


def test_an_aside_without_content_leaves_no_box() -> None:
    assert rendered('{% aside "x" %}  {% endaside %}') == ""
    assert "<aside" in rendered('{% aside "x" %}y{% endaside %}')
