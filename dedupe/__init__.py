"""Listings become events, events become findings."""
