"""The demonstration world: people and cases that make a fresh installation look alive."""
