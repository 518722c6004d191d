"""Where a rule comes from, in the reader's words: Acts and cases keep their names, remarks do not.

The tables of a jurisdiction name their sources once, in English; the Spanish of those that say more
than a name stands in `locale/es/law_sources.po`.
"""

from django.utils import translation


def source_text(source: str, language: str = "") -> str:
    """The source in a language, that of the page where none is given; as it is where no other
    wording of it is known."""
    if not language:
        return translation.gettext(source)
    with translation.override(language):
        return translation.gettext(source)
