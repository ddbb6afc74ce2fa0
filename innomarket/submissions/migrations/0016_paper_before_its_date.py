"""A paper's file is kept before its issue date is stated. The new constraint follows from the old one: no row breaks it."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

# The way back: the old constraint takes no file without its date, and nothing without a date was ever sent.
UNDATED_OUT = """
UPDATE submissions_supplementpaper
SET document_id = NULL, given_at = NULL, given_by_id = NULL, pages = NULL, blank_pages = NULL
WHERE document_id IS NOT NULL AND stated_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0015_anonymous_copies_returned")]

    operations = [
        migrations.RemoveConstraint(model_name="supplementpaper", name="paper_given_with_its_date"),
        migrations.RunSQL(migrations.RunSQL.noop, UNDATED_OUT),
        AddConstraintNotValid(
            model_name="supplementpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document", None), ("given_at", None), ("given_by", None), ("stated_on", None)),
                    models.Q(
                        ("document__isnull", False), ("given_at__isnull", False), ("given_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="paper_date_has_its_file",
            ),
        ),
        ValidateConstraint(model_name="supplementpaper", name="paper_date_has_its_file"),
    ]
