"""People at pages without scripts, who count what they look at and what they do."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict

Files = Mapping[str, list[tuple[str, bytes]]]


@dataclass
class Tally:
    """The pages that were seen, every kind once, the actions, and what was typed into forms."""

    pages: set[str] = field(default_factory=set)
    actions: int = 0
    typed: list[tuple[str, str]] = field(default_factory=list)


class Walker:
    """One person at a browser; everything clicked, chosen and typed is an action."""

    def __init__(self, app: Flask, tally: Tally) -> None:
        self._app, self.tally = app, tally
        self._client = app.test_client()
        self._address = "/"
        self.tree: Any = None
        self.status = 0

    @property
    def text(self) -> str:
        """The words of the page."""
        return " ".join(self.tree.text_content().split())

    def open(self, address: str) -> Walker:
        """Go to an address; only where somebody begins."""
        return self._take(self._client.get(address, follow_redirects=True))

    def follow(self, label: str) -> Walker:
        """Click a link."""
        self.tally.actions += 1
        (link,) = self._labelled("//a", label)[:1]
        return self._take(self._client.get(link.get("href"), follow_redirects=True))

    def take_up(self, step: str) -> Walker:
        """Click the item of the work list that stands at a step."""
        self.tally.actions += 1
        path = f"//tr[td[normalize-space()='{step}']]/td[contains(@class,'cell-main')]/a"
        (link,) = self.tree.xpath(path)
        return self._take(self._client.get(link.get("href"), follow_redirects=True))

    def fetch(self, label: str) -> bytes:
        """Click a link that leads to a file."""
        self.tally.actions += 1
        (link,) = self._labelled("//a", label)[:1]
        return bytes(self._client.get(link.get("href")).data)

    def press(
        self, label: str, values: Mapping[str, str] | None = None, files: Files | None = None
    ) -> Walker:
        """Fill fields by what they are called, bring files, press a button of the form."""
        (button,) = self._labelled("//button[@type='submit' or not(@type)]", label)[:1]
        form = next(button.iterancestors("form"))
        data = self._as_shown(form)
        if button.get("name"):
            data.add(button.get("name"), button.get("value") or "")
        for called, value in (values or {}).items():
            self._fill(form, data, called, value)
        for name, given in (files or {}).items():
            self.tally.actions += 1
            data.setlist(name, [(io.BytesIO(body), title) for title, body in given])
        self.tally.actions += 1
        where = form.get("action") or self._address
        return self._take(self._client.post(where, data=data, follow_redirects=True))

    def sign_in(self, tenant: str, username: str, password: str) -> Walker:
        """Sign in: three fields and a button."""
        self.open("/sign-in")
        typed = {"tenant": tenant, "username": username, "password": password}
        data = self._as_shown(self.tree.xpath("//form[.//input[@name='password']]")[0])
        for name, value in typed.items():
            data[name] = value
        self.tally.actions += len(typed) + 1
        return self._take(self._client.post("/sign-in", data=data, follow_redirects=True))

    def _labelled(self, path: str, label: str) -> list[Any]:
        found = [
            one
            for one in self.tree.xpath(path)
            if label == " ".join(one.text_content().split()) or one.get("aria-label") == label
        ]
        assert found, f"no {label!r} on {self._address}: {self.text[:400]}"
        return found

    def _as_shown(self, form: Any) -> MultiDict[str, Any]:
        """The form as it would be sent without a touch."""
        data: MultiDict[str, Any] = MultiDict()
        for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            kind = one.get("type", "")
            if kind in ("file", "submit") or one.get("disabled") is not None:
                continue
            if kind in ("checkbox", "radio"):
                if one.get("checked") is not None:
                    data.add(one.get("name"), one.get("value") or "on")
            elif one.tag == "select":
                chosen = one.xpath("./option[@selected] | ./optgroup/option[@selected]")
                first = chosen or one.xpath(".//option")[:1]
                data.add(one.get("name"), first[0].get("value") if first else "")
            else:
                data.add(one.get("name"), one.get("value") or one.text or "")
        return data

    def _fill(self, form: Any, data: MultiDict[str, Any], called: str, value: str) -> None:
        """One field: an option of that name, or a text."""
        self.tally.actions += 1
        for option in form.xpath(".//input[@type='radio' or @type='checkbox']"):
            words = " ".join(option.getparent().text_content().split())
            if words == value and _legend(option).startswith(called):
                data.add(option.get("name"), option.get("value"))
                return
        label = next(
            one
            for one in form.xpath(".//label")
            if " ".join(one.text_content().split()).startswith(called)
        )
        (control,) = form.xpath(f".//*[@id='{label.get('for')}']")
        if control.tag == "select":
            (option,) = [o for o in control.xpath(".//option") if value in (o.text, o.get("value"))]
            data[control.get("name")] = option.get("value")
            return
        self.tally.typed.append((called, value))
        data[control.get("name")] = value

    def _take(self, answer: Any) -> Walker:
        self.status = answer.status_code
        self._address = answer.request.path
        assert self.status < 500, answer.get_data(as_text=True)[:600]
        self.tree = html.fromstring(answer.get_data(as_text=True))
        with self._app.test_request_context(self._address) as context:
            self.tally.pages.add(str(context.request.endpoint))
        return self


def _legend(option: Any) -> str:
    fieldset = next(option.iterancestors("fieldset"), None)
    if fieldset is None:
        return ""
    return " ".join(fieldset.xpath("string(.//legend)").split())
