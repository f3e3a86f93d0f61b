"""Rounds (遴选批次): what the nation opens, a province recommends to, and a panel argues about."""
