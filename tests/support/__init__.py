"""What the tests stand on: engines of their own, databases by cloning, portal processes, a browser."""
