"""Gapless energy: the cloud's past in Home Assistant's statistics, and these in the Energy dashboard."""
