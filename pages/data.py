"""Data: is everything here, who loaded what, and one number at a time."""

from opsmetrics.ui import data, reviews

data.render(reviews.desk())
