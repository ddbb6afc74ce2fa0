"""Nightly files of the procurement data beside those of the catalogue.

Both constraints are on a table of some hundred rows. What runs meanwhile and does not know the new column writes the
catalogue's own files, which is its default. Going back: delete the rows of "ocds" first, their files are swept.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_format_of_public_documents"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="snapshot",
            options={
                "default_permissions": (),
                "ordering": ["-day", "what", "format", "language"],
                "verbose_name": "nightly file",
                "verbose_name_plural": "nightly files",
            },
        ),
        migrations.AddField(
            model_name="snapshot",
            name="what",
            field=models.CharField(
                choices=[("products", "products"), ("ocds", "procurement data (OCDS)")],
                db_default="products",
                default="products",
                max_length=10,
                verbose_name="what it holds",
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="format",
            field=models.CharField(
                choices=[
                    ("ndjson", "NDJSON"),
                    ("csv", "CSV"),
                    ("xlsx", "XLSX"),
                    ("json", "JSON"),
                    ("jsonl", "JSON Lines"),
                ],
                max_length=10,
                verbose_name="format",
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="rows",
            field=models.PositiveIntegerField(verbose_name="rows"),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(
                fields=("what", "day", "format", "language"), name="one_snapshot_of_a_night_and_kind"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="snapshot",
            name="one_snapshot_of_a_night",
        ),
    ]
