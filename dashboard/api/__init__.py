"""The HTTP side of the ASGI app: signing in, health, and what guards every response."""
