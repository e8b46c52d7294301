"""XML that somebody else wrote, read without trusting it (FAULTS X4, X5)."""

from pathlib import Path
from xml.parsers import expat

from lxml import etree

from recount.errors import SourceError
from recount.sources.words import shown

LARGEST_BYTES = 256 * 1024**2
DEEPEST = 40  # levels of elements; an invoice has about ten
_SPACE = " \t\r\n"
_IS_TOO_DEEP = etree.XPath(f"boolean({'/*' * (DEEPEST + 1)})")


class _Begun(Exception):
    """The document's first element was reached."""


def root_of(data: bytes | Path, file_name: str) -> etree._Element:
    """Return the first element; SourceError for a DTD, and what is too large or too deep.

    Nothing is loaded from elsewhere, and no entity is unfolded: without a DTD there is none.
    """
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if size > LARGEST_BYTES:
        raise SourceError(f"{file_name} is larger than 256 MiB; ask for one invoice per file")
    content = data if isinstance(data, bytes) else data.read_bytes()
    _refuse_dtd(content, file_name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise _unreadable(file_name, str(problem)) from None
    if root.getroottree().docinfo.doctype:
        raise _dtd(file_name)
    if _IS_TOO_DEEP(root.getroottree()):
        raise SourceError(f"{file_name} has elements more than {DEEPEST} levels deep; refused")
    return root


def _refuse_dtd(content: bytes, file_name: str) -> None:
    """Read up to the first element, before a parser that would do what a DTD says."""

    def refuse(*_: object) -> None:
        raise _dtd(file_name)

    def begun(*_: object) -> None:
        raise _Begun

    reader = expat.ParserCreate()
    reader.StartDoctypeDeclHandler = refuse
    reader.StartElementHandler = begun
    try:
        reader.Parse(content, True)
    except _Begun:
        return
    except expat.ExpatError as problem:
        raise _unreadable(file_name, str(problem)) from None


def _dtd(file_name: str) -> SourceError:
    return SourceError(
        f"{file_name} has a document type definition (DTD), which no invoice needs; "
        "ask the vendor for a file without"
    )


def _unreadable(file_name: str, because: str) -> SourceError:
    return SourceError(f"{file_name} cannot be read as XML: {shown(because)}; ask for it again")


def texts(element: etree._Element, path: str, namespaces: dict[str, str]) -> list[str]:
    """Return the texts at a path, in order, without those that are empty."""
    found = (each.text or "" for each in element.findall(path, namespaces))
    return [text for each in found if (text := each.strip(_SPACE))]


def text(element: etree._Element, path: str, namespaces: dict[str, str]) -> str | None:
    """Return the first text at a path."""
    return next(iter(texts(element, path, namespaces)), None)
