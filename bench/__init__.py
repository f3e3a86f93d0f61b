"""What a step costs: one command, ratios from interleaved runs (docs/performance.md)."""
