"""Findings become what one organisation may read."""
