"""Addresses as pictures that a camera reads."""

from __future__ import annotations

import segno


def drawn_code(address: str) -> str:
    """The address as a QR code, as an image that stands in the page itself."""
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=4))
