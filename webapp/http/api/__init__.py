"""The API under /api/v1: the same use cases and permissions as the pages."""
