"""The properties by which a diagram asks for a signature; apart, for the gate loads little."""

from __future__ import annotations

SIGNATURE = "signature"
SIGNERS = "signers"
SIGNS = "signs"
CAPACITY = "signerCapacity"
REQUIRED = "required"
