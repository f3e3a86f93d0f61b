"""Public notices: what is published, who objects, and how an objection is answered."""
