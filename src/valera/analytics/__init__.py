"""AnalyticsEvent: what happened, for the owner's numbers."""
