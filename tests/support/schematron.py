"""Schematron for real: compiled to XSLT by the rules' own skeleton, and run by Saxon."""

from collections.abc import Sequence
from pathlib import Path

import saxonche
from lxml import etree, isoschematron

_SCHEMATRON = "http://purl.oclc.org/dsdl/schematron"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_WHOLE = f"""<schema xmlns="{_SCHEMATRON}">
<ns uri="{_UBL}CommonBasicComponents-2" prefix="cbc"/>
<ns uri="{_UBL}CommonAggregateComponents-2" prefix="cac"/>
</schema>"""


class Rules:
    """The patterns of some files, as one schema."""

    def __init__(self, files: Sequence[Path]) -> None:
        schema = etree.fromstring(_WHOLE.encode())
        for file in files:
            schema.append(etree.parse(str(file)).getroot())
        stylesheet = etree.tostring(isoschematron.iso_svrl_for_xslt1(schema)).decode()
        self._saxon = saxonche.PySaxonProcessor(license=False)
        compiler = self._saxon.new_xslt30_processor()
        # the skeleton writes XSLT 1.0, in which Saxon still knows the functions of XPath 2
        self._sheet = compiler.compile_stylesheet(stylesheet_text=stylesheet)

    def broken_by(self, xml: bytes) -> list[str]:
        """Return the ids of the rules that a document breaks."""
        return [str(found.get("id")) for found in self._report(xml).iter("{*}failed-assert")]

    def tried_on(self, xml: bytes) -> int:
        """Return how many places of a document a rule is about."""
        return len(list(self._report(xml).iter("{*}fired-rule")))

    def _report(self, xml: bytes) -> etree._Element:
        node = self._saxon.parse_xml(xml_text=xml.decode("utf-8"))
        return etree.fromstring(self._sheet.transform_to_string(xdm_node=node).encode("utf-8"))
