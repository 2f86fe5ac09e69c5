"""Files under ``.storage``, and the clients whose request logs are saved in them."""
