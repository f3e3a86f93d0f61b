"""Recorded draws: who may be drawn is frozen first, chance comes after, anybody computes again."""
