"""Ratios measured side by side in one run: what each part of the path costs above the least that could do it."""
