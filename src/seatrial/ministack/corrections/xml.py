"""AWS's XML answers, read and written: names without their namespace, which is put back at the end. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Correct, succeeded

_NAMESPACE = re.compile(rb'\sxmlns="([^"]*)"')

Content = str | int | float | bool | Mapping[str, Any] | Sequence[Any]


def read(response: AwsResponse) -> Element | None:
    """The answer's document, or None where it is no XML."""
    try:
        return fromstring(_NAMESPACE.sub(b"", response.body))  # noqa: S314 - MiniStack's own answer
    except ParseError:
        return None


def written(response: AwsResponse, document: Element) -> AwsResponse:
    """The answer with another document, in the namespace it had."""
    if found := _NAMESPACE.search(response.body):
        document.set("xmlns", found[1].decode())
    return replace(response, body=tostring(document, encoding="utf-8", xml_declaration=True))


def in_xml(change: Callable[[AwsRequest, Element], None]) -> Correct:
    """A correction of the document of a successful XML answer, changed in place."""

    def correct(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        document = read(response) if succeeded(response) else None
        if document is None:
            return response
        change(request, document)
        return written(response, document)

    return correct


def put(parent: Element, name: str, content: Content, member: str = "item") -> None:
    """Let ``parent`` have exactly one child ``name`` with this content.

    Args:
        parent: the element whose child is set; it is changed.
        name: the name of the child.
        content: a mapping becomes children, a list becomes elements of the name ``member``.
        member: ``item`` in EC2, mostly ``member`` elsewhere.
    """
    drop(parent, name)
    _fill(SubElement(parent, name), content, member)


def put_all(parent: Element, values: Mapping[str, Content]) -> None:
    """``put`` each; an inner mapping is put into the child that is there, so that its other children stay."""
    for name, content in values.items():
        child = parent.find(name)
        if isinstance(content, Mapping) and child is not None:
            put_all(child, content)
        else:
            put(parent, name, content)


def items(document: Element, name: str) -> Iterator[tuple[str, Element]]:
    """Every element that has a child ``name`` which identifies it, with that identifier."""
    for element in document.iter():
        if identifier := element.findtext(name):
            yield identifier, element


def text(element: Element, path: str) -> str:
    """The text at a path, without blanks around it; empty where there is none."""
    return (element.findtext(path) or "").strip()


def drop(parent: Element, *names: str) -> None:
    """Take children of these names away."""
    for name in names:
        for child in parent.findall(name):
            parent.remove(child)


def _fill(element: Element, content: Content, member: str = "item") -> None:
    if isinstance(content, Mapping):
        for name, inner in content.items():
            _fill(SubElement(element, name), inner, member)
    elif isinstance(content, str):
        element.text = content
    elif isinstance(content, Sequence):
        for inner in content:
            _fill(SubElement(element, member), inner, member)
    else:
        element.text = str(content).lower()
