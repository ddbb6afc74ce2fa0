"""The rows that /readyz reads: when worker and beat were last alive. Real time, not the movable clock."""

from datetime import datetime

from innomarket.common.models import Heartbeat


def write_heartbeat(process: str, at: datetime) -> None:
    """Keep the latest moment of a process; an older message that comes late does not turn it back."""
    _, created = Heartbeat.objects.get_or_create(process=process, defaults={"at": at})
    if not created:
        Heartbeat.objects.filter(process=process, at__lt=at).update(at=at)
