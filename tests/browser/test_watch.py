"""The watch over the browsers notices what it is there for."""

from __future__ import annotations

from tests.browser.visiting import Visitors, Window

BREACH = """() => {
  const script = document.createElement('script');
  script.textContent = 'document.title = "injected"';
  document.body.append(script);
}"""


def test_a_breach_of_the_content_policy_is_noticed(window: Window) -> None:
    people = Visitors(window)
    page = people.look()
    page.goto("/sign-in")
    with page.expect_console_message():
        page.evaluate(BREACH)
    assert page.title() != "injected"
    people.leave()
    assert any("Content Security Policy" in fault for fault in people.faults)


def test_a_fault_of_a_script_is_noticed(window: Window) -> None:
    people = Visitors(window)
    page = people.look()
    page.goto("/sign-in")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    people.leave()
    assert any("broken" in fault for fault in people.faults)
