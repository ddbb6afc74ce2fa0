from django.db import migrations, models

import innomarket.privacy.models


class Migration(migrations.Migration):
    """Says in the form which nouns there are; nothing changes in the table."""

    dependencies = [
        ("privacy", "0002_saved_searches"),
    ]

    operations = [
        migrations.AlterField(
            model_name="retentionrule",
            name="noun",
            field=models.CharField(
                choices=innomarket.privacy.models.nouns, max_length=60, verbose_name="what is deleted"
            ),
        ),
    ]
