"""The meaning of values: functions and classes without Home Assistant, and without a clock of their own."""
