from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.contrib.postgres.indexes import GistIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the running portal

    dependencies = [
        ("catalog", "0014_head_of_search_documents"),
        ("common", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="publiclisting",
            index=GistIndex(
                RangeStartsWith("valid"),
                RangeEndsWith("valid"),
                "listed_at",
                condition=models.Q(("removed_at", None)),
                name="public_by_dates",
            ),
        ),
    ]
