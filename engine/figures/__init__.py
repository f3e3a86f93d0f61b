"""Figures of the work of a tenant: what waits, for how long, and how it was done."""
