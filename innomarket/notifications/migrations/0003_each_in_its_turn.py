from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F

import innomarket.common.clock

BATCH = 5_000


def give_turns(apps, schema_editor):
    """What waits keeps its place by time; what was sent needs none. In batches, each committed by itself."""
    waiting = apps.get_model("notifications", "Message").objects.filter(state="waiting", turn=None)
    while found := list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        waiting.filter(pk__in=found).update(turn=F("next_attempt_at"))


class Migration(migrations.Migration):
    """The default comes after the column: with it, PostgreSQL would write every row anew.

    Workers of before this migration write on: the database gives their messages the turn of now.
    """

    atomic = False  # the index is built beside the running portal

    dependencies = [
        ("notifications", "0002_binding_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="turn",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="turn",
            field=models.DateTimeField(db_default=innomarket.common.clock.Now(), editable=False, null=True),
        ),
        migrations.RunPython(give_turns, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["-goes_first", "turn"],
                name="messages_due_in_turn",
            ),
        ),
        RemoveIndexConcurrently(model_name="message", name="messages_due_in_order"),
    ]
