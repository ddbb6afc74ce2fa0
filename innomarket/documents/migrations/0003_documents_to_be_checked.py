from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the running portal

    dependencies = [
        ("documents", "0002_uploads_and_quarantine"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["next_check_at"],
                name="documents_to_be_checked",
            ),
        ),
    ]
