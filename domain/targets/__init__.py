"""Targets (目标): how many mines are to meet the standard by when, against the register."""
