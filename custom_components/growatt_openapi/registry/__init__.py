"""The device registry: what Home Assistant's registry holds of an account, and keeping the two alike."""
