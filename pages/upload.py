"""Upload: from files to the store in four steps, with a receipt and an undo."""

from opsmetrics.ui import reviews, upload

upload.render(reviews.desk())
