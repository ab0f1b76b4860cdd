"""What the API answers, one module per noun; `desk.api` puts them together."""
