"""The rules of the sources: what each one says, where it stands in the product, what holds it."""
