"""Hostile hands and broken parts: what must hold when somebody means ill, or when everything around fails."""
