"""Handlers of the endpoints, by chapter of the vendor's pages."""
