"""Documents: texts of tenants with FEEL placeholders, and Word files with merge fields."""
