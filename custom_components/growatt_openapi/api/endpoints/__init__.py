"""The endpoints as data, one file per chapter of the vendor's documentation."""
