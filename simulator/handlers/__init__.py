"""What each endpoint answers, by the chapters of the vendor's pages."""
