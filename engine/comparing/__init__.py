"""What differs between two drawings of a procedure, by element and in words."""
