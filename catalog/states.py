"""What pilots write downwards into the listing of a product."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PilotVerdict(models.TextChoices):
    """The verdict of the latest concluded trial; empty while there is none."""

    SUCCESS = "success", _("success")
    FAILURE = "failure", _("not successful")
