"""The mine register: mines, their holders, and the list of green mines."""
