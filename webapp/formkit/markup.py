"""Markdown and HTML of tenants, cleaned: texts, links, tables; no scripts, forms or pictures."""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = (
    "a abbr b blockquote br caption code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li mark ol p "
    "pre q s small span strong sub sup table tbody td tfoot th thead tr u ul"
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~^])")

_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def clean_html(text: str) -> Markup:
    """The harmless part of an HTML text."""
    cleaned = nh3.clean(text, tags=set(_TAGS.split()), attributes=_ATTRIBUTES, url_schemes=_SCHEMES)
    return Markup(cleaned)  # noqa: S704  # cleaned by nh3 just above


def markdown_html(text: str) -> Markup:
    """A Markdown text as harmless HTML; its headings are one step below the page's."""
    html = _markdown.render(text)
    return clean_html(re.sub(r"<(/?)h([1-3])>", _lowered, html))


def _lowered(match: re.Match[str]) -> str:
    return f"<{match.group(1)}h{int(match.group(2)) + 2}>"


def escape_markdown(text: str) -> str:
    """A value as plain text inside Markdown: what a person typed forms no link and no heading.

    Its lines stay lines, also in a heading or a table, where a line of the file would end it.
    """
    return "<br>".join(_SPECIAL.sub(r"\\\1", line) for line in text.strip("\r\n").splitlines())
