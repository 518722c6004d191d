"""Papers say what they should on every sheet, and nothing that people wrote becomes markup."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone, translation
from PIL import Image
from pypdf import PdfReader

from pims.kernel import clock
from pims.ui import documents

SAMPLE = documents.PACKAGE / "ui" / "papers" / "sample.typ"
NOON = datetime(2026, 3, 7, 18, 32, 5, 123456, tzinfo=UTC)
HOSTILE = '#panic("x") $x$ *bold* @ref \\ #sys.inputs </script> “Ñ”'


def sample(**changes: object) -> dict[str, object]:
    return {
        "title": "Admission form",
        "facts": [["Name", "NÚÑEZ CHOC, María"], ["Lawyer", None]],
        "photograph": "Photograph",
        "missing": "None",
        "number": "4821937-64",
        "list_title": "Property",
        "head": ["Item", "Condition"],
        "rows": [["Watch", "scratched"]],
        "notice": "Read aloud.",
        "signers": ["Prisoner", "Officer"],
        **changes,
    }


def printed(data: dict[str, object], **options: object) -> PdfReader:
    with clock.at(NOON), timezone.override("America/Belize"):
        made = documents.render_pdf(
            SAMPLE,
            data,
            title="Admission form",
            establishment="Belize Central Prison",
            subject="4821937-64 NÚÑEZ CHOC",
            printed_by="A. Castillo",
            codes={"number": "4821937-64"},
            **options,  # type: ignore[arg-type]
        )
    return PdfReader(BytesIO(made))


def test_every_sheet_says_whose_it_is_who_printed_it_and_when() -> None:
    paper = printed(sample(rows=[[f"Item {n}", "good"] for n in range(120)]))
    assert len(paper.pages) > 1
    for number, sheet in enumerate(paper.pages, 1):
        text = " ".join(sheet.extract_text().split())
        assert "4821937-64 NÚÑEZ CHOC" in text
        assert "Belize Central Prison" in text
        assert "Printed 7 Mar 2026 12:32 · A. Castillo" in text
        assert f"Page {number} / {len(paper.pages)}" in text
        assert "Condition" in text or "Item" not in text, "the head of a list repeats"


def test_a_paper_is_tagged_titled_and_in_its_language() -> None:
    with translation.override("es"):
        paper = printed(sample())
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es"
    assert paper.metadata is not None
    assert paper.metadata.title == "Admission form"
    assert "Impreso" in paper.pages[0].extract_text()


def test_what_people_wrote_is_shown_and_never_carried_out() -> None:
    paper = printed(sample(title=HOSTILE, facts=[[HOSTILE, HOSTILE]], rows=[[HOSTILE, HOSTILE]]))
    text = " ".join("".join(sheet.extract_text() for sheet in paper.pages).split())
    assert '#panic("x")' in text
    assert "$x$ *bold* @ref" in text


def test_an_absent_value_is_a_dash_and_an_absent_photograph_a_frame() -> None:
    text = printed(sample(rows=[])).pages[0].extract_text()
    assert "—" in text
    assert "None" in text


def test_a_photograph_is_on_the_paper() -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 50), "gray").save(picture, "JPEG")
    paper = printed(sample(), pictures={"front": picture.getvalue()})
    assert len(paper.pages[0].images) == 1


def test_a_template_from_elsewhere_is_not_used(tmp_path: Path) -> None:
    strange = tmp_path / "x.typ"
    strange.write_text("x")
    with pytest.raises(ValueError, match="not a template of ours"):
        documents.render_pdf(strange, {}, title="x")


def test_a_paper_without_end_is_refused() -> None:
    with pytest.raises(documents.PaperTooLarge):
        printed(sample(notice="x" * documents.LIMIT))
