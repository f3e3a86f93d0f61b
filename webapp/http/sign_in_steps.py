"""What is asked for after the right password: a code, a device, a new password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.actors import Actor
from engine.errors import LuchengError
from webapp.http.frame import page, product, status_of, wording
from webapp.http.kept_forms import FIELD as KEPT
from webapp.http.letting_in import Coming, let_in, remember_coming, waiting
from webapp.http.qr import drawn_code
from webapp.usecases.second_factor import check_code, confirm_enrolment, waiting_enrolment
from webapp.usecases.sign_in_steps import Step, renew_password, steps_after

blueprint = Blueprint("sign_in_steps", __name__)
PAGES = {Step.CODE: "ask_code", Step.ENROL: "ask_enrolment", Step.PASSWORD: "ask_password"}


def go_through(
    who: Actor, coming: Coming, done: frozenset[str] = frozenset()
) -> ResponseReturnValue:
    """Ask for what is still missing, one thing after the other; then let the person in."""
    step = _next(who, done)
    if step is None:
        return let_in(who, coming)
    remember_coming(who, coming, done)
    if coming.kept:  # too long for the cookie: it travels in the page
        return show_step(step, coming.kept)
    return redirect(url_for(f"sign_in_steps.{PAGES[step]}"), code=303)


def _next(who: Actor, done: frozenset[str]) -> Step | None:
    return next((step for step in steps_after(product(), who) if step not in done), None)


@blueprint.get("/sign-in/code")
def ask_code() -> ResponseReturnValue:
    """Asks for the code of the device."""
    return show_step(Step.CODE)


@blueprint.get("/sign-in/second-factor")
def ask_enrolment() -> ResponseReturnValue:
    """Asks an administrator to set a second factor up."""
    return show_step(Step.ENROL)


@blueprint.get("/sign-in/password")
def ask_password() -> ResponseReturnValue:
    """Asks for a new password in place of one that is too old."""
    return show_step(Step.PASSWORD)


def show_step(
    step: Step, kept: str = "", error: str = "", status: int = 200
) -> ResponseReturnValue:
    """The page of a step, for who is on the way in; others are led to the sign-in."""
    found = waiting(kept)
    if found is None:
        return redirect(url_for("auth.sign_in"), code=303)
    if _next(found.actor, found.done) != step:
        return go_through(found.actor, found.coming, found.done)
    more: dict[str, Any] = {}
    if step == Step.ENROL:
        told = waiting_enrolment(product(), found.actor, found.actor.username)
        more = {"secret": told.secret, "drawn": drawn_code(told.address)}
    return page("sign_in_step.html", status, step=str(step), kept=kept, error=error, **more)


@blueprint.post("/sign-in/code")
def take_code() -> ResponseReturnValue:
    """Let in who has the code."""
    return _take(Step.CODE, lambda who: check_code(product(), who.account_id, _typed("code")))


@blueprint.post("/sign-in/second-factor")
def take_enrolment() -> ResponseReturnValue:
    """Take the first code of a new device, show the recovery codes."""
    told: list[str] = []
    answer = make_response(
        _take(
            Step.ENROL,
            lambda who: told.extend(confirm_enrolment(product(), who, _typed("code"))),
        )
    )
    if not told:
        return answer
    return page("access/recovery.html", codes=told, onward=answer.headers.get("Location", "/"))


@blueprint.post("/sign-in/password")
def take_password() -> ResponseReturnValue:
    """Take the new password."""
    return _take(
        Step.PASSWORD,
        lambda who: renew_password(product(), who, _typed("new"), _typed("again")),
    )


def _take(step: Step, do: Callable[[Actor], None]) -> ResponseReturnValue:
    """Do a step if it is the one that is asked for, and go on to the next."""
    kept = _typed(KEPT)
    found = waiting(kept)
    if found is None:
        return redirect(url_for("auth.sign_in"), code=303)
    if _next(found.actor, found.done) != step:
        return go_through(found.actor, found.coming, found.done)
    try:
        do(found.actor)
    except LuchengError as error:
        return show_step(step, kept, wording(error), status_of(error))
    done = {step, Step.CODE} if step is Step.ENROL else {step}
    return go_through(found.actor, found.coming, found.done | done)


def _typed(name: str) -> str:
    return request.form.get(name, "")
