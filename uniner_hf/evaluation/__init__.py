"""Systems against data sets: predictions, scores, reports."""
