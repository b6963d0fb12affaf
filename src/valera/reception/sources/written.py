"""A source as it stands beside its message, in ``llm_response_data.sources``, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.reception.gates import Sourced

P = Phrases.load("valera.reception.sources")


def written(sourced: Sourced) -> dict[str, object]:
    """JSON values. The client's words stay in the client's message: here it says only that they are the source."""
    origin = sourced.origin
    told: dict[str, object] = {"said": sourced.said, "kind": origin.kind}
    if origin.kind != "client":
        told["text"] = origin.text
    if origin.list_version:
        told |= {"list_version": origin.list_version, "rows": list(origin.rows)}
    return told | ({"car_class": origin.car_class} if origin.car_class else {})


def in_words(source: Mapping[str, Any], locale: str) -> str:
    """«20 000 ₽ ← строка 14 прайс-листа 3: Бампер, 2 класс»."""
    named = ", ".join(filter(None, (source.get("text"), source.get("car_class"))))
    rows = ", ".join(map(str, source.get("rows") or ()))
    where = P.say(locale, f"from.{source['kind']}", text=named, rows=rows, version=source.get("list_version") or "")
    return f"{source['said']} ← {where}"
