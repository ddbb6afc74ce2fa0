"""The numbers of the home page, for programs."""

from dataclasses import asdict

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from catalog.api import base, examples
from innomarket.audit.reads import last_done
from innomarket.common.api import problems

from . import reads

NEWS = (
    *("submissions.close_call", "submissions.move_by_outage", "evaluation.publish_results"),
    *("designation.designate", "pilots.match", "pilots.commit", "pilots.pay", "pilots.release"),
    *("pilots.cancel", "pilots.open_line", "pilots.appropriate", "pilots.withdraw"),
)
"""What the history calls that which changes a number."""


class StatisticsSerializer(serializers.Serializer):
    """From needs to purchases: calls that have closed and published results. Money is whole won."""

    tasks = serializers.IntegerField(help_text="Challenge tasks submitted to closed calls.")
    selected = serializers.IntegerField(help_text="Tasks selected.")
    proposals = serializers.IntegerField(help_text="Proposals submitted to closed calls.")
    designated = serializers.IntegerField(help_text="Products designated.")
    pilots = serializers.IntegerField(help_text="Pilot purchases that were not cancelled.")
    appropriated = serializers.IntegerField(help_text="Budget for pilot purchases, won.")
    committed = serializers.IntegerField(help_text="Committed and paid of it, won.")


@extend_schema(tags=["statistics"])
class Statistics(base.Open):
    """The same numbers as on the home page."""

    @extend_schema(
        operation_id="statistics",
        summary="Statistics",
        parameters=[
            base.LANGUAGE,
            base.IF_NONE_MATCH,
            base.fields_parameter(base.names_of(StatisticsSerializer)),
        ],
        responses={200: StatisticsSerializer, **base.NOT_MODIFIED, **problems(400, 401, 403, 406, 429)},
        examples=examples.in_both(examples.statistics),
    )
    def get(self, request: Request) -> HttpResponse:
        base.only(request, {base.FIELDS})
        fields = base.fields_of(request, base.names_of(StatisticsSerializer))
        written_at = last_done(NEWS)
        return base.answer(request, base.some(asdict(reads.figures()), fields), written_at)
