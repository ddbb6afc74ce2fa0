from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default, which PostgreSQL adds without writing a row."""

    dependencies = [
        ("evaluation", "0010_words_that_go_and_one_late_round"),
    ]

    operations = [
        migrations.AddField(
            model_name="panelist",
            name="left_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="why left"
            ),
        ),
    ]
