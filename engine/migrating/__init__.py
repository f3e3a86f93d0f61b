"""Running cases on another version: what each would meet there, the move, and the way back."""
