"""The demo: the simulated cloud, a real Home Assistant, and the integration set up through its config flow."""
