"""The budget of a challenge task lies sealed, as its texts do.

The column becomes text: a table of some thousands of rows is written anew in one statement, which holds up who writes to
it for that moment. What stands there stays readable; `manage.py seal_rows` encrypts it afterwards. The way back works
until the first amount is sealed: the database cannot read one, so that the cast stops and nothing is changed.
"""

from django.core.validators import MinValueValidator
from django.db import migrations, models

from innomarket.common.sealed_fields import SealedWonField, is_won


class Migration(migrations.Migration):
    dependencies = [("challenges", "0002_sealed_texts")]

    operations = [
        migrations.RemoveConstraint(model_name="challenge", name="challenge_budget_is_positive"),
        migrations.RunSQL(
            sql='ALTER TABLE "challenges_challenge" ALTER COLUMN "budget_won" TYPE text USING "budget_won"::text',
            reverse_sql='ALTER TABLE "challenges_challenge" ALTER COLUMN "budget_won" TYPE bigint USING "budget_won"::bigint',
            state_operations=[
                migrations.AlterField(
                    model_name="challenge",
                    name="budget_won",
                    field=SealedWonField(
                        blank=True,
                        help_text="won",
                        null=True,
                        validators=[MinValueValidator(1)],
                        verbose_name="budget estimate",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=is_won("budget_won"),
                name="challenge_budget_is_positive",
                violation_error_message="The budget estimate must be more than 0 won.",
            ),
        ),
    ]
