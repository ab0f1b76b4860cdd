"""What the desk answers on the web, one module per noun."""
