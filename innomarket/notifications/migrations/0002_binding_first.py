from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits already keeps its turn by time, behind what binds: rows are not rewritten."""

    atomic = False  # the index is built beside the running portal

    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="goes_first",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["-goes_first", "next_attempt_at"],
                name="messages_due_in_order",
            ),
        ),
        RemoveIndexConcurrently(model_name="message", name="messages_due"),
    ]
