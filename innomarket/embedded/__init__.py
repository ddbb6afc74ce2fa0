"""PostgreSQL, a Redis-compatible server and the portal's processes for a machine that has none of them.

    python -m innomarket.embedded                  everything, in the foreground
    python -m innomarket.embedded --services-only  the two servers alone
    python -m innomarket.embedded start|stop|status|logs

Knows no app of ours: it starts programs and reads what they say.
"""
