"""Enter: yesterday's numbers, typed with the keyboard alone."""

from opsmetrics.ui import enter, reviews

enter.render(reviews.desk())
