"""Growatt's cloud on this machine: a stand-in written from the vendor's pages, for the demo and the tests.

It never imports the integration, and the integration never imports it: a misreading of the pages would otherwise pass
every test.
"""
