"""What the config flow and the options flow are made of."""
