"""A simulation of Growatt's cloud, written from the vendor's pages alone, for the demo and the tests.

The simulator and the integration never import each other: with shared code, a misreading of the pages would pass every
test.
"""
