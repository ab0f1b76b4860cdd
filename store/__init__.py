"""What we remember between nights."""
