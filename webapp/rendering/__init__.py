"""Documents: product layouts set with a tenant's data, in a child process with limits."""
