"""The device registry: registering the inventory's devices, and removing those that are gone or not wanted."""
