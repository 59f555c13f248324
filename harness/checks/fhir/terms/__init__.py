"""Codes: their systems, the value sets they are in, what is known of them without a server."""
