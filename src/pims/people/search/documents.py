"""The number of a document however it is written."""

from pims.kernel.collation import search_key


def document_key(number: str) -> str:
    """Letters and digits alone, in capitals: "P-0123 456" and "p0123456" are one passport.

    At most 60 characters.
    """
    return search_key(number).replace(" ", "").upper()[:60]
