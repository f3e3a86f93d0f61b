"""What people do on pages: sign in, answer questions, hand over files."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Locator, Page, Response

from tests.browser.serving import password
from tests.web.a1.drive import SLUG
from webapp.demo.samples import pdf, png

Place = Page | Locator


def sign_in_by_hand(page: Page, who: str) -> None:
    """Fill in the sign-in page that is shown."""
    page.get_by_label("单位", exact=True).select_option(SLUG)
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码").fill(password(who))
    page.get_by_role("button", name="登录").click()


def question(place: Place, words: str) -> Locator:
    """A question with answers to choose from."""
    return place.get_by_role("radiogroup", name=words)


def choose(place: Place, words: str, answer: str) -> None:
    """Choose an answer to a question."""
    question(place, words).get_by_label(answer, exact=True).check()


def press(page: Page, name: str) -> Response:
    """Press a button that sends a form; returns what the server answers to it."""
    with page.expect_response(_answers_a_form) as answered:
        page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()
    return answered.value


def _answers_a_form(answer: Response) -> bool:
    asked = answer.request
    return asked.method == "POST" and asked.is_navigation_request()


def document(name: str) -> FilePayload:
    """A small PDF."""
    return {"name": name, "mimeType": "application/pdf", "buffer": pdf(name)}


def photo(name: str) -> FilePayload:
    """A small picture."""
    return {"name": name, "mimeType": "image/png", "buffer": png(len(name))}
