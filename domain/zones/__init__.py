"""Demonstration zones (示范区) and plans: corners, area, what was planned and what stands."""
