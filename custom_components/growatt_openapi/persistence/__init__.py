"""What outlives a restart: files under ``.storage`` and the clients that keep their request logs in them."""
