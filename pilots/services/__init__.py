"""Every write of the pilot purchases. Who moves money locks the budget line first, then the pilot."""
