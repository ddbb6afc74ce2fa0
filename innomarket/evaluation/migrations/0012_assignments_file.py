import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import innomarket.common.clock


class Migration(migrations.Migration):
    """A table of its own: nothing that exists is locked or written."""

    dependencies = [
        ("evaluation", "0011_why_a_seat_was_left"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssignmentsFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.TextField(verbose_name="content")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "made_at",
                    models.DateTimeField(db_default=innomarket.common.clock.Now(), verbose_name="made at"),
                ),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments_file",
                        to="evaluation.round",
                        verbose_name="round",
                    ),
                ),
            ],
            options={
                "verbose_name": "published assignments of a round",
                "verbose_name_plural": "published assignments of rounds",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="assignments_file_has_its_hash",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignmentsfile",
            trigger=pgtrigger.compiler.Trigger(
                name="assignments_file_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="db59d02911c9ff0cb8fc765de405ba84ac59adf5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_assignments_file_stands_6f0ef",
                    table="evaluation_assignmentsfile",
                    when="BEFORE",
                ),
            ),
        ),
    ]
