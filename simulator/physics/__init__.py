"""What happens behind the wire: sun, strings, inverter, house, battery, grid."""
