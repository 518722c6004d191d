"""The draft of a query to the clerk of court about an order."""

from collections.abc import Sequence

from pims.kernel.reasons import Reason
from pims.ui import wording


def query_text(*, body: str, reference: str, defects: Sequence[str], language: str) -> str:
    """In the language of whoever will send it; `defects` are in words of that language already."""

    def said(code: str, **params: object) -> str:
        return wording.render(Reason(f"courts.query_{code}", params), language)

    none = said("no_reference")
    return "\n".join(
        [
            said("to", body=body),
            said("reference", reference=reference or none),
            said("defects"),
            *(f"– {defect}" for defect in defects),
            said("please"),
        ]
    )
