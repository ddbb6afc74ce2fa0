"""Every call gets its stages written down: one scored evaluation, to which its criteria belong.

A call that was announced before keeps what it had: the pass mark may still be set for a round, and no
comment is demanded for extreme points. Taken back by dropping the rows, which 0010 does.
"""

from decimal import Decimal

import pgtrigger
from django.db import migrations

FROZEN = "submissions.CriterionGroup:groups_freeze"


def write_stages(apps, schema_editor):
    call_model = apps.get_model("submissions", "Call")
    stage_model = apps.get_model("submissions", "CallStage")
    group_model = apps.get_model("submissions", "CriterionGroup")
    for call in call_model.objects.filter(stages=None).only("pk", "state").iterator():
        before = call.state != "draft"
        stage = stage_model.objects.create(
            call=call,
            order=1,
            kind="scored",
            method="points",
            name_ko="평가",
            name_en="Scored evaluation",
            least_sheets=3,
            pass_mark=Decimal(70),
            trim_from=5,
            group_minimum="mean",
            low_percent=None if before else 20,
            high_percent=None if before else 90,
            from_before=before,
        )
        # The criteria stay as they were announced: only where they belong is written.
        with pgtrigger.ignore(FROZEN):
            group_model.objects.filter(call=call, stage=None).update(stage=stage)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0010_stages")]

    operations = [migrations.RunPython(write_stages, migrations.RunPython.noop)]
