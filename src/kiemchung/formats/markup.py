"""Objects out of a page's elements: microdata (`itemscope`, `itemprop`) and RDFa Lite (`typeof`, `property`)."""

from collections.abc import Iterator
from typing import Any

_MAX_DEPTH = 20


def microdata(root: Any) -> Iterator[dict[str, Any]]:
    """The outermost items of a page, as JSON-LD would have them."""
    by_id = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    for node in root.iter():
        if isinstance(node.tag, str) and "itemscope" in node.attrib and "itemprop" not in node.attrib:
            yield _item(node, by_id, 0)


def rdfa(root: Any) -> Iterator[dict[str, Any]]:
    """The outermost typed objects of a page, as JSON-LD would have them."""
    for node in root.iter():
        if isinstance(node.tag, str) and node.get("typeof") and not (node.get("property") or node.get("rel")):
            yield _resource(node, 0)


def _item(node: Any, by_id: dict[str, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": (node.get("itemtype") or "").split()}
    if node.get("itemid"):
        found["@id"] = node.get("itemid")
    if depth > _MAX_DEPTH:
        return found
    elsewhere = [by_id[name] for name in (node.get("itemref") or "").split() if name in by_id]
    waiting = [*node, *(other for other in elsewhere if other is not node)]
    while waiting:
        child = waiting.pop(0)
        if not isinstance(child.tag, str):
            continue
        inner = "itemscope" in child.attrib
        if names := (child.get("itemprop") or "").split():
            _add(found, names, _item(child, by_id, depth + 1) if inner else _value(child))
        if not inner:
            waiting = [*child, *waiting]
    return found


def _resource(node: Any, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": (node.get("typeof") or "").split()}
    if node.get("resource") or node.get("about"):
        found["@id"] = node.get("resource") or node.get("about")
    if depth > _MAX_DEPTH:
        return found
    # each with the property that an element around it names for what stands inside (`rel`)
    waiting = [(child, "") for child in node]
    while waiting:
        child, said = waiting.pop(0)
        if not isinstance(child.tag, str):
            continue
        names = (child.get("property") or child.get("rel") or said).split()
        if child.get("typeof"):
            _add(found, names, _resource(child, depth + 1))
            continue
        if child.get("property"):
            _add(found, names, _value(child))
        waiting = [*((inner, child.get("rel") or said) for inner in child), *waiting]
    return found


def _add(found: dict[str, Any], names: list[str], value: Any) -> None:
    for name in names:
        held = found.get(name)
        found[name] = value if name not in found else [*(held if isinstance(held, list) else [held]), value]


def _value(node: Any) -> str:
    for name in ("content", "datetime", "resource", "href", "src", "data"):
        if node.get(name) is not None:
            return str(node.get(name))
    return str(node.text_content())
