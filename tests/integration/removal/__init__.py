"""The proof that rules on diagrams are held: an element is taken out, and its tests must notice."""
