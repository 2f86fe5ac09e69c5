"""Tests of the cloud's past in Home Assistant's statistics."""
