"""Who may enter: Membership."""
