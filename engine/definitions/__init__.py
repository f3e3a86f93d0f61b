"""Definitions: loading a tenant's files, publication, bundles, bindings."""
