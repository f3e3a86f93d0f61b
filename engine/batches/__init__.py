"""Batches: one act for many cases, and draws among them."""
