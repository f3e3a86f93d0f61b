"""Time: clocks, deadlines, cycles, and the work that is taken up when it is due."""
