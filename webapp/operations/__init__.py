"""What operators do: back up, restore, move tenants, look after an installation."""
