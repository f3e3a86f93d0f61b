"""Endorsements (签字背书): keys of people and authorities, signatures, what outsiders can check."""
