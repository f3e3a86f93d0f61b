"""Figures of the work, counted now and then so that nobody who looks has to count."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String

from engine.store.metadata import tenant_table
from engine.store.types import Moment

step_figures = tenant_table(
    "step_figures",
    Column("procedure", String(80), nullable=False),
    Column("element", String(120), nullable=False),
    Column("name", String(120), nullable=False),
    # open work by age, youngest first
    Column("week", Integer(), nullable=False),
    Column("month", Integer(), nullable=False),
    Column("quarter", Integer(), nullable=False),
    Column("older", Integer(), nullable=False),
    Column("overdue", Integer(), nullable=False),
    # what was done in the year before
    Column("done", Integer(), nullable=False),
    Column("seconds", BigInteger(), nullable=False),
    Column("in_time", Integer(), nullable=False),
    Column("late", Integer(), nullable=False),
    Column("returned", Integer(), nullable=False),
    Column("as_of", Moment(), nullable=False),
    key=("procedure", "element"),
)
