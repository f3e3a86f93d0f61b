"""Open tenders: sealed bids, their opening by two of three officers, evaluation, result."""
