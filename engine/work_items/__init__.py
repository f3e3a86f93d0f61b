"""Work items of people: operations, lists, who sees what, signatures, what is overdue."""
