"""Upload: from files to the store in four steps, with a receipt and an undo."""

from opsmetrics.ui import filters, reviews, upload

at = reviews.desk()
filters.arrive("upload", {}, blocked_by=())
upload.render(at)
