from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the running portal

    dependencies = [
        ("designation", "0006_sealed_figures"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="designation",
            index=models.Index(fields=["designated_on", "id"], name="designations_newest_first"),
        ),
    ]
