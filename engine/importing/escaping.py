"""Text as it stands in XML; the functions of the library bring half of the network along."""

from __future__ import annotations

_SPACES = ("\n", "\r", "\t")


def escape(text: str) -> str:
    """Text between tags."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def quoted(value: str) -> str:
    """The value of an attribute in its quotes; line ends and tabs would be read as spaces."""
    escaped = escape(value)
    for sign in _SPACES:
        escaped = escaped.replace(sign, f"&#{ord(sign)};")
    if '"' in escaped and "'" not in escaped:
        return f"'{escaped}'"
    return '"' + escaped.replace('"', "&quot;") + '"'
