"""The price of a proposal lies sealed, as its texts do.

The column becomes text: a table of some thousands of rows is written anew in one statement, which holds up who writes to
it for that moment. What stands there stays readable; `manage.py seal_rows` encrypts it afterwards. The way back works
until the first amount is sealed: the database cannot read one, so that the cast stops and nothing is changed.
"""

from django.core.validators import MinValueValidator
from django.db import migrations, models

from innomarket.common.sealed_fields import SealedWonField, is_won


class Migration(migrations.Migration):
    dependencies = [("designation", "0004_motions_wanted")]

    operations = [
        migrations.RemoveConstraint(model_name="proposal", name="proposal_price_is_positive"),
        migrations.RunSQL(
            sql='ALTER TABLE "designation_proposal" ALTER COLUMN "unit_price_won" TYPE text USING "unit_price_won"::text',
            reverse_sql='ALTER TABLE "designation_proposal" ALTER COLUMN "unit_price_won" TYPE bigint USING "unit_price_won"::bigint',
            state_operations=[
                migrations.AlterField(
                    model_name="proposal",
                    name="unit_price_won",
                    field=SealedWonField(
                        blank=True,
                        help_text="won, VAT included",
                        null=True,
                        validators=[MinValueValidator(1)],
                        verbose_name="price of one unit",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=is_won("unit_price_won"),
                name="proposal_price_is_positive",
                violation_error_message="The price must be more than 0 won.",
            ),
        ),
    ]
