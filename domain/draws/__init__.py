"""Draws of the field: how many cases of a batch are checked, and which."""
