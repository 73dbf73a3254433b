"""Maps without token, tiles or boundaries: hexagons, points and city names on the page's own background."""
