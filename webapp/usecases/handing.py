"""Handing over: what the clock needs to bring a case with its signed file to another tenant."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO, cast
from uuid import UUID

from engine.messaging.handoffs import KINDS, CaseFile, HandOff
from engine.world import World
from webapp.product import Product
from webapp.usecases.files import MEGABYTE
from webapp.usecases.outside_proof import write_case

ZIP = "application/zip"


def world_that_hands_over(product: Product) -> World:
    """The world of the product with the transport that passes from tenant to tenant."""
    transport = HandOff(product.db, product.clock, _Carrier(product), product.world.mark)
    transports = {**product.world.transports, **dict.fromkeys(KINDS, transport)}
    return replace(product.world, transports=transports)


class _Carrier:
    """Writes the signed file of a case and lays its bytes down with the tenant that receives it."""

    def __init__(self, product: Product) -> None:
        self._product = product

    def __call__(self, source: UUID, case: UUID, target: UUID) -> CaseFile:
        name, stream = write_case(self._product, source, case)
        limit = self._product.settings.case_file_limit_mb * MEGABYTE
        with stream:
            stored = self._product.blobs.put(target, cast(BinaryIO, stream), limit)
        return CaseFile(name, ZIP, stored.size, stored.digest)
