"""Applications before products: to make one is dear, so products of the same settings share it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask import Flask

from webapp.app import create_app
from webapp.http.frame import limiter
from webapp.product import Product
from webapp.settings import Settings, secret_of

_known: dict[Settings, Flask] = {}


def served(product: Product) -> Flask:
    """The application of this product; the one of an earlier test with the same settings now
    serves this one."""
    alike = replace(product.settings, data_dir=Path(), database_url="")
    app = _known.get(alike)
    if app is None:
        app = _known[alike] = create_app(product)
    app.extensions["lucheng"] = product
    app.config["SECRET_KEY"] = secret_of(product.settings)
    limiter.reset()  # what earlier tests asked for does not count
    return app
