"""Catalogues: what reports say, in other languages."""
