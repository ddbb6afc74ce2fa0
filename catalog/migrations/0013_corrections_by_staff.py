"""Corrections of a listing by staff, written as suppliers write their changes, one open at a time on each side.

What runs meanwhile and does not know the new column begins suppliers' changes, which is its default. Going back:
withdraw open corrections first.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_nightly_files_of_ocds"),
    ]

    operations = [
        migrations.AddField(
            model_name="listingchange",
            name="by_staff",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="correction by agency staff"
            ),
        ),
        migrations.AddConstraint(
            model_name="listingchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "proposed"])),
                fields=("product", "by_staff"),
                name="one_open_change_of_a_listing_and_side",
                violation_error_message="A change of this listing has already been begun. Open that one.",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="listingchange",
            name="one_open_change_of_a_listing",
        ),
    ]
