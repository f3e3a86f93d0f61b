"""What a browser without scripts posts for a page: its successful controls, in their order."""

from __future__ import annotations

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.controls: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []
        self.files: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._text: list[str] | None = None
        self._name = ""
        self._select = ""
        self._chosen: list[str] = []
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        match tag:
            case "input":
                self._input(values)
            case "textarea":
                self._name, self._text = values["name"], []
            case "select":
                self._select, self._chosen, self._first = values["name"], [], None
            case "option":
                self._first = values["value"] if self._first is None else self._first
                if "selected" in values:
                    self._chosen.append(values["value"])
            case "button" if values.get("name"):
                self.buttons.append((values["name"], values.get("value", "")))
            case "a" if values.get("href", "").startswith("#"):
                self.links.append(values["href"][1:])

    def _input(self, values: dict[str, str]) -> None:
        kind = values.get("type", "text")
        if kind == "file":
            self.files.append(values["name"])
        elif kind not in ("checkbox", "radio") or "checked" in values:
            text = values.get("value", "")
            if kind != "hidden":
                text = text.replace("\r", "").replace("\n", "")
            self.controls.append((values["name"], text))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            text = "".join(self._text).removeprefix("\n")
            self.controls.append((self._name, text.replace("\n", "\r\n")))
            self._text = None
        elif tag == "select":
            found = self._chosen[-1:] or ([self._first] if self._first is not None else [])
            self.controls.extend((self._select, value) for value in found)


def read_page(html: str) -> _Page:
    """The page with its controls, buttons, ids and inner links."""
    page = _Page()
    page.feed(html.replace("\r\n", "\n"))
    return page


def posted(html: str, *pressed: tuple[str, str]) -> MultiDict[str, str]:
    """The post of the page, with the button that was pressed."""
    return MultiDict([*read_page(html).controls, *pressed])
