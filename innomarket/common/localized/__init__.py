"""How Django writes dates by itself (the admin), as everywhere else: weekday, 24 hours, zone."""
