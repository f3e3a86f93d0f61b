"""Demonstration zones (示范区): corners, area, the picture."""
