"""A published calendar becomes listings."""
