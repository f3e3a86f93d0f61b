"""A part of the API: bodies are read by the application's own JSON."""

from __future__ import annotations

from flask_smorest import Blueprint

from webapp.http.intake import JsonParser


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint whose bodies can be worked on and stored, or are refused."""

    ARGUMENTS_PARSER = JsonParser()
