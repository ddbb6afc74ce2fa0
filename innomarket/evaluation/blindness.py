"""Who keeps a blind stage blind: asked of whoever may come to a panel, by hand, by draw or as a substitute.

Names are learned in the open rounds of a lot and by whoever runs rounds. So nobody judges blind who was there, and
nobody goes there who still judges blind: an earlier stage can be evaluated anew, or a supplementary round of it be
held, while a later one is scored blind.
"""

from collections.abc import Iterable

from django.db.models import Q

from innomarket.accounts.models import User

from .models import Panelist, Round
from .states import ACTIVE, RoundState


def unfit(users: Iterable[int], round: Round) -> set[int]:
    """Those of the people (by key) who would judge a blind stage of this lot and know who applied.

    To a blind round: who runs rounds, and who had a seat in an open round of the lot that has begun or has one in
    one that will. To an open round: who has a seat in a blind round of the lot whose results are not published.
    """
    asked = set(users)
    seats = Panelist.objects.filter(user__in=asked, round__lot=round.lot_id)
    if not round.stage.blind:
        judging = seats.filter(round__stage__blind=True, round__state__in=ACTIVE, left_at=None)
        return set(judging.values_list("user", flat=True))
    begun = Q(round__started_at__isnull=False) | Q(round__state=RoundState.PREPARING, left_at=None)
    knowing = seats.filter(begun, round__stage__blind=False)
    staff = User.objects.filter(pk__in=asked, is_staff=True)
    runs = {user.pk for user in staff if user.has_perm("accounts.run_rounds")}
    return runs | set(knowing.values_list("user", flat=True))
