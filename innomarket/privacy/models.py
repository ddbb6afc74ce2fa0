"""Notices by version, consents to them, what people ask for, and how long things are kept (decision 0020)."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common import personal
from innomarket.common.clock import Now
from innomarket.common.dated import DatedRule, no_overlap

from .states import ErasureState, ExportState

PERSON: dict[str, Any] = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "related_name": "+"}


class Purpose(models.TextChoices):
    ACCOUNT = "account", _("Account and sign-in")
    ORGANISATION = "organisation", _("Acting for an organisation")
    APPLICATION = "application", _("Applications and proposals")
    EVALUATION = "evaluation", _("Evaluation")
    EVALUATOR_POOL = "evaluator_pool", _("Pool of evaluators")
    COMMITTEE = "committee", _("Committee")
    PURCHASE = "purchase", _("Pilot purchases")
    NEWS = "news", _("News by mail")
    SAVED_SEARCH = "saved_search", _("Saved searches")
    RECORD = "record", _("Record of actions")


class Notice(DatedRule):
    """What PIPA art. 15(2) asks to be said: purpose, items, period, and what refusing means. A version is a period.

    Entered by staff as every dated rule; a version that held stays, with the consents that were given to it.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent", _("consent")
        CONTRACT = "contract", _("contract with the person")
        DUTY = "duty", _("legal duty or public task")

    kept_by = "read_audit"
    key = ("purpose",)

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    basis = models.CharField(_("rests on"), max_length=10, choices=Basis.choices)
    why_ko = models.TextField(_("why, in Korean"))
    why_en = models.TextField(_("why, in English"))
    items_ko = models.TextField(_("what is kept, in Korean"))
    items_en = models.TextField(_("what is kept, in English"))
    period_ko = models.TextField(_("how long, in Korean"))
    period_en = models.TextField(_("how long, in English"))
    refusal_ko = models.TextField(_("what refusing means, in Korean"))
    refusal_en = models.TextField(_("what refusing means, in English"))

    class Meta:
        verbose_name = _("notice on personal data")
        verbose_name_plural = _("notices on personal data")
        constraints = [no_overlap("one_notice_of_a_purpose_at_a_time", "purpose")]

    @property
    def needs_consent(self) -> bool:
        return self.basis == self.Basis.CONSENT


class Consent(models.Model):
    """One person's answer to one version of a notice. Rows are added; only a withdrawal is noted, once."""

    person = models.ForeignKey(**PERSON, verbose_name=_("person"))
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="consents", verbose_name=_("notice")
    )
    given_at = models.DateTimeField(_("given at"), null=True)
    declined_at = models.DateTimeField(_("declined at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=Q(given_at__isnull=False, declined_at=None)
                | Q(given_at=None, declined_at__isnull=False, withdrawn_at=None),
                name="consent_is_given_or_declined",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            models.UniqueConstraint(
                fields=["person", "notice"],
                condition=Q(given_at__isnull=False, withdrawn_at=None),
                name="one_standing_consent_each",
                violation_error_message=_("You have already agreed. Reload the page."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="consent_is_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
                            AND NEW.person_id = OLD.person_id AND NEW.notice_id = OLD.notice_id
                            AND NEW.given_at IS NOT DISTINCT FROM OLD.given_at
                            AND NEW.declined_at IS NOT DISTINCT FROM OLD.declined_at THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'a consent stands as it was given'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_is_append_only';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.notice_id}"


class PrivacyRule(DatedRule):
    """How long an erasure waits, and how often a person may ask for their data."""

    kept_by = "read_audit"

    waiting_days = models.PositiveSmallIntegerField(_("days an erasure waits"))
    exports_a_day = models.PositiveSmallIntegerField(_("exports in 24 hours"))

    class Meta:
        verbose_name = _("rule for people's rights")
        verbose_name_plural = _("rules for people's rights")
        constraints = [no_overlap("one_privacy_rule_at_a_time")]


def nouns() -> list[tuple[str, Any]]:
    """What is deleted after a time, as the apps have registered it: a period for anything else would never run."""
    return [(noun, part.title) for noun, part in sorted(personal.kept.items())]


class RetentionRule(DatedRule):
    """After how many months the rows of a noun are deleted (the nouns stand in ``common.personal.kept``)."""

    kept_by = "read_audit"
    key = ("noun",)

    noun = models.CharField(_("what is deleted"), max_length=60, choices=nouns)
    months = models.PositiveSmallIntegerField(_("months"))

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        constraints = [
            no_overlap("one_retention_rule_of_a_noun_at_a_time", "noun"),
            models.CheckConstraint(
                condition=Q(months__gte=1),
                name="retention_is_a_month_at_least",
                violation_error_message=_("At least one month."),
            ),
        ]


class RetentionRun(models.Model):
    """One nightly deletion: for each noun how many rows went, and the oldest of them."""

    started_at = models.DateTimeField(_("begun at"), db_default=Now())
    finished_at = models.DateTimeField(_("ended at"), null=True)
    counts = models.JSONField(_("deleted"), default=dict)

    class Meta:
        verbose_name = _("run of the retention")
        verbose_name_plural = _("runs of the retention")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def waiting(self) -> "ErasureQuerySet":
        return self.filter(state=ErasureState.WAITING)


class Erasure(models.Model):
    """A person's wish to be erased. ``asked_by`` is somebody else where staff entered it, with a reason."""

    person = models.ForeignKey(**PERSON, verbose_name=_("person"))
    asked_by = models.ForeignKey(**PERSON, verbose_name=_("asked by"))
    state = models.CharField(
        _("state"), max_length=10, choices=ErasureState.choices, default=ErasureState.WAITING
    )
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    due_at = models.DateTimeField(_("carried out from"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    held_up_by = models.CharField(
        _("held up by"), max_length=60, blank=True, help_text=_("The duty that was open at the last try.")
    )
    next_try_at = models.DateTimeField(_("next try"), null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="waiting"),
                name="one_waiting_erasure_each",
                violation_error_message=_("The erasure has been asked for already."),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="ended_erasure_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(ended_at__gte=F("due_at")), name="erasure_waits_its_time"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Export(models.Model):
    """What is kept about a person as one ZIP, encrypted in the private store."""

    person = models.ForeignKey(**PERSON, verbose_name=_("person"))
    state = models.CharField(
        _("state"), max_length=10, choices=ExportState.choices, default=ExportState.WAITING
    )
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    made_at = models.DateTimeField(_("made at"), null=True)
    path = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text=_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    class Meta:
        verbose_name = _("export of personal data")
        verbose_name_plural = _("exports of personal data")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", made_at=None)
                | Q(state="ready", made_at__isnull=False, path__gt="", sha256__regex=r"^[0-9a-f]{64}$"),
                name="ready_export_has_its_file",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="waiting"),
                name="one_waiting_export_each",
                violation_error_message=_("Your data are being put together already."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_ready(self) -> Any:
        return self.state == ExportState.READY
