from django.db import migrations, models

_UNDER_WAY = models.UniqueConstraint(
    condition=models.Q(("purpose", "late"), ("state__in", ["preparing", "scoring", "finished"])),
    fields=("lot", "stage"),
    name="one_late_round_under_way",
    violation_error_message="A supplementary round of this stage is already under way.",
)


class Migration(migrations.Migration):
    """The unique index is built beside the running portal; two supplementary rounds of a stage were refused before."""

    atomic = False

    dependencies = [
        ("evaluation", "0009_objection_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="emptied_at",
            field=models.DateTimeField(
                help_text="After the time of keeping (retention).",
                null=True,
                verbose_name="words deleted at",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddConstraint(model_name="round", constraint=_UNDER_WAY)],
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_late_round_under_way"
                    " ON evaluation_round (lot_id, stage_id)"
                    " WHERE purpose = 'late' AND state IN ('preparing', 'scoring', 'finished')",
                    "DROP INDEX CONCURRENTLY IF EXISTS one_late_round_under_way",
                )
            ],
        ),
    ]
