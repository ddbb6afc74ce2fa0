"""Every round gets the stage of its call, every submitted sheet its first version.

The stages take the rule that is in force. Taken back by dropping the rows, which 0003 does.
"""

import pgtrigger
from django.db import migrations

from innomarket.evaluation.sheet_text import version_sha256

FROZEN = "submissions.CallStage:stages_freeze"


def write_stages(apps, schema_editor):
    rule = apps.get_model("evaluation", "EvaluationRule").objects.order_by("valid").last()
    stages = apps.get_model("submissions", "CallStage").objects
    if rule is not None:
        with pgtrigger.ignore(FROZEN):
            stages.update(pass_mark=rule.pass_mark, least_sheets=rule.least_sheets, trim_from=rule.trim_from)
    of_call = dict(stages.values_list("call", "pk"))
    rounds = apps.get_model("evaluation", "Round").objects
    for round_, call in rounds.filter(stage=None).values_list("pk", "lot__call"):
        rounds.filter(pk=round_).update(stage=of_call[call])


def write_versions(apps, schema_editor):
    sheets = apps.get_model("evaluation", "Sheet").objects
    version = apps.get_model("evaluation", "SheetVersion")
    scores = apps.get_model("evaluation", "Score").objects
    submitted = sheets.filter(submitted_at__isnull=False, version=0).values_list(
        "pk", "comment", "submitted_at", "assignment__entry__revision__sha256", "assignment__panelist__place"
    )
    for pk, comment, at, revision, place in submitted.iterator(chunk_size=1000):
        given = scores.filter(sheet=pk).order_by(
            "criterion__group__order", "criterion__group", "criterion__order", "criterion"
        )
        points = list(given.values_list("points", flat=True))
        comments = [""] * len(points)
        version.objects.create(
            sheet_id=pk,
            ordinal=1,
            points=points,
            comments=comments,
            comment=comment,
            submitted_at=at,
            sha256=version_sha256(
                revision=revision, place=place, ordinal=1, points=points, comments=comments, comment=comment
            ),
        )
    sheets.filter(submitted_at__isnull=False, version=0).update(version=1, edition=1)


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0003_stages_and_versions")]

    operations = [
        migrations.RunPython(write_stages, migrations.RunPython.noop),
        migrations.RunPython(write_versions, migrations.RunPython.noop),
    ]
