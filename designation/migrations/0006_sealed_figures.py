"""Level, months and days of a proposal lie sealed, as its texts and its price do.

The columns become text: a table of some thousands of rows is written anew in one statement, which holds up who writes to
it for that moment. What stands there stays readable; `manage.py seal_rows` encrypts it afterwards. The way back works
until the first of them is sealed: the database cannot read it, so that the cast stops and nothing is changed.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

from innomarket.common.sealed_fields import SealedSmallIntegerField, is_spelled

COLUMNS = ("trl", "trial_months", "delivery_days")
# The checks that a column of whole numbers brings by itself stand under the names that PostgreSQL gave them.
FORTH = ", ".join(
    f'DROP CONSTRAINT "designation_proposal_{name}_check", ALTER COLUMN "{name}" TYPE text USING "{name}"::text'
    for name in COLUMNS
)
BACK = ", ".join(
    f'ALTER COLUMN "{name}" TYPE smallint USING "{name}"::smallint, '
    f'ADD CONSTRAINT "designation_proposal_{name}_check" CHECK ("{name}" >= 0)'
    for name in COLUMNS
)


class Migration(migrations.Migration):
    dependencies = [("designation", "0005_sealed_price")]

    operations = [
        migrations.RemoveConstraint(model_name="proposal", name="proposal_trl_1_to_9"),
        migrations.RemoveConstraint(model_name="proposal", name="proposal_trial_up_to_a_year"),
        migrations.RunSQL(
            sql=f'ALTER TABLE "designation_proposal" {FORTH}',
            reverse_sql=f'ALTER TABLE "designation_proposal" {BACK}',
            state_operations=[
                migrations.AlterField(
                    model_name="proposal",
                    name="trl",
                    field=SealedSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[MinValueValidator(1), MaxValueValidator(9)],
                        verbose_name="technology readiness level",
                    ),
                ),
                migrations.AlterField(
                    model_name="proposal",
                    name="trial_months",
                    field=SealedSmallIntegerField(
                        blank=True,
                        help_text="months",
                        null=True,
                        validators=[MinValueValidator(1), MaxValueValidator(12)],
                        verbose_name="length of the trial",
                    ),
                ),
                migrations.AlterField(
                    model_name="proposal",
                    name="delivery_days",
                    field=SealedSmallIntegerField(
                        blank=True,
                        help_text="days",
                        null=True,
                        validators=[MinValueValidator(1)],
                        verbose_name="delivery time",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=is_spelled("trl", "[1-9]"),
                name="proposal_trl_1_to_9",
                violation_error_message="A technology readiness level lies between 1 and 9.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=is_spelled("trial_months", "([1-9]|1[0-2])"),
                name="proposal_trial_up_to_a_year",
                violation_error_message="A trial lasts at most one year.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=is_spelled("delivery_days", "[1-9][0-9]{0,4}"),
                name="proposal_delivery_in_days",
                violation_error_message="A delivery takes at least one day.",
            ),
        ),
    ]
