"""What is done with rounds, panels, sheets, results and opinions. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "evaluation.create_round": _("Round made"),
        "evaluation.seat_panelist": _("Evaluator seated"),
        "evaluation.unseat_panelist": _("Evaluator left the panel"),
        "evaluation.start_round": _("Round started"),
        "evaluation.declare_conflict": _("Conflict of interest declared by staff"),
        "evaluation.declare_conflicts": _("Conflicts of interest declared"),
        "evaluation.recuse": _("Recused from an entry"),
        "evaluation.save_sheet": _("Sheet saved"),
        "evaluation.submit_sheet": _("Sheet submitted"),
        "evaluation.return_sheet": _("Sheet given back by the chief"),
        "evaluation.record_visit": _("Survey or interview put on record"),
        "evaluation.set_aside_sheet": _("Sheet set aside"),
        "evaluation.finish_round": _("Scoring ended, results computed"),
        "evaluation.reopen_round": _("Opened again for scoring"),
        "evaluation.select_entries": _("Entries selected"),
        "evaluation.publish_results": _("Results published"),
        "evaluation.prepare_publication": _("Publication of results prepared"),
        "evaluation.withdraw_publication": _("Preparation of a publication withdrawn"),
        "evaluation.void_publication": _("Preparation of a publication fell"),
        "evaluation.confirm_publication": _("Publication of results confirmed"),
        "evaluation.begin_objection": _("Objection begun"),
        "evaluation.file_objection": _("Objection filed"),
        "evaluation.withdraw_objection": _("Objection withdrawn"),
        "evaluation.answer_objection": _("Objection answered"),
        "evaluation.cancel_round": _("Round cancelled"),
        "evaluation.give_fit_opinion": _("Opinion on the fit given"),
        "evaluation.change_fit_opinion": _("Opinion on the fit changed"),
    }
)
