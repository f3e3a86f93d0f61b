"""Third-party assessors: who may be commissioned, who is barred, who does which case."""
