"""Documents issued on a case: notices, opinions, covers."""
