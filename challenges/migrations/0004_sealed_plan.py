"""The dates and goals of a challenge task lie sealed, as its texts and its budget do.

The columns become text and JSON: a table of some thousands of rows is written anew in one statement, which holds up who
writes to it for that moment. What stands there stays readable; `manage.py seal_rows` encrypts it afterwards. The way back
works until the first of them is sealed: the database cannot read it, so that the cast stops and nothing is changed.
"""

from django.db import migrations, models

import challenges.models
from innomarket.common.sealed_fields import SealedDateField, SealedJSONField, in_order, is_listed

FORTH = """ALTER TABLE "challenges_challenge"
    ALTER COLUMN "wanted_from" TYPE text USING to_char("wanted_from", 'YYYY-MM-DD'),
    ALTER COLUMN "wanted_until" TYPE text USING to_char("wanted_until", 'YYYY-MM-DD'),
    ALTER COLUMN "sdgs" TYPE jsonb USING to_jsonb("sdgs")"""
BACK = """ALTER TABLE "challenges_challenge"
    ALTER COLUMN "wanted_from" TYPE date USING "wanted_from"::date,
    ALTER COLUMN "wanted_until" TYPE date USING "wanted_until"::date,
    ALTER COLUMN "sdgs" TYPE smallint[] USING translate("sdgs"::text, '[]', '{}')::smallint[]"""


class Migration(migrations.Migration):
    dependencies = [("challenges", "0003_sealed_budget")]

    operations = [
        migrations.RemoveConstraint(model_name="challenge", name="challenge_dates_in_order"),
        migrations.RunSQL(
            sql=FORTH,
            reverse_sql=BACK,
            state_operations=[
                migrations.AlterField(
                    model_name="challenge",
                    name="wanted_from",
                    field=SealedDateField(blank=True, null=True, verbose_name="wanted from"),
                ),
                migrations.AlterField(
                    model_name="challenge",
                    name="wanted_until",
                    field=SealedDateField(blank=True, null=True, verbose_name="wanted until"),
                ),
                migrations.AlterField(
                    model_name="challenge",
                    name="sdgs",
                    field=SealedJSONField(
                        blank=True,
                        default=list,
                        validators=[challenges.models.are_goals],
                        verbose_name="sustainable development goals",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=in_order("wanted_from", "wanted_until"),
                name="challenge_dates_in_order",
                violation_error_message="The end of the wanted time must not lie before its beginning.",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=is_listed("sdgs", "([1-9]|1[0-7])"),
                name="challenge_goals_1_to_17",
                violation_error_message="A goal is a number from 1 to 17.",
            ),
        ),
    ]
