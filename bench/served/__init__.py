"""The product's own server with one page more: an empty one, the floor of every other page."""
