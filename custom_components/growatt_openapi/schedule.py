"""When to ask next."""

from datetime import timedelta

# Dataloggers upload every five minutes, and the same request may be made every five.
READINGS = timedelta(minutes=5)
LISTS = timedelta(hours=1)
# Ten plant lists a day are allowed in all, and people ask for some.
PLANT_LIST = timedelta(hours=6)
PLANT_LIST_RETRY = timedelta(hours=3)
DETAILS = timedelta(days=1)
# Hourly rounds come up to a second early each: what is due this soon is due.
SLACK = timedelta(minutes=1)
# From here on devices are read in batches.
BATCH_FROM = 10
# Above this many devices calls follow each other faster, or a round would not fit into its period.
FLEET_FROM = 50
# Details of single devices asked in one round: the rest follow in the next ones.
DETAILS_A_ROUND = 20
