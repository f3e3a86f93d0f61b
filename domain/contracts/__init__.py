"""Contracts of league and city governments with mining-right holders."""
