"""A case at work: its command, variables, records, failures, and how it starts and ends."""
