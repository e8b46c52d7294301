"""Reading a PDF as a viewer would, and its pages as pictures."""

import io

import pypdf


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, with single spaces."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def text_of_pdf(pdf: bytes) -> str:
    """Return the text of all pages; a break inside a long word is none."""
    return " ".join(pages_of(pdf)).replace("\u200b", "")


def metadata_of(pdf: bytes) -> str:
    """Return the metadata that archives read, as XML."""
    found = pypdf.PdfReader(io.BytesIO(pdf)).xmp_metadata
    assert found is not None
    return found.rdf_root.toxml()


def active_parts_of(pdf: bytes) -> list[str]:
    """Name whatever in a PDF would run, open or load something."""
    words = (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/OpenAction", b"/AA", b"/EmbeddedFile",
             b"/GoToR", b"/SubmitForm", b"/RichMedia")  # fmt: skip
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    whole = b"".join(repr(obj.get_object()).encode() for obj in _objects(reader)) + pdf
    return [word.decode() for word in words if word + b"'" in whole or word + b" " in whole]


def _objects(reader: pypdf.PdfReader) -> list[pypdf.generic.PdfObject]:
    numbers = sorted({number for table in reader.xref.values() for number in table})
    numbers += sorted(reader.xref_objStm)
    found = [reader.get_object(number) for number in dict.fromkeys(numbers)]
    return [each for each in found if each is not None]
