"""Spreadsheets that people bring and take away; the only place that knows how they are packed."""
