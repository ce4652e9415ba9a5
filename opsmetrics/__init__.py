"""OpsMetrics: operational KPIs with one verdict each, computed from control limits."""

__version__ = "0.1.0"
