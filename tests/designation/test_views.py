"""Pages of proposals, designations and meetings: who sees what, what is next, what a list costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from designation import names
from designation.models import Ballot, Designation, Seat
from designation.services import meeting as meetings
from designation.services import motion as motions
from innomarket.common.clock import moved_to, now, today
from innomarket.submissions.models import Submission
from tests.accounts.factories import company, institution, member, person, staff
from tests.designation import factories as make
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def designated(**fields) -> Designation:
    by = make.secretary()
    motion = make.voting(by=by, submission=make.selected_proposal(**fields))
    make.cast(motion, "for", "for", "for")
    return motions.close_vote(motion=motion, by=by).designation


# ── proposals ──


def test_addresses_are_those_that_messages_name():
    proposal, meeting = make.submitted_proposal(), make.planned()
    assert reverse("designation:proposal", args=[proposal.number]) == names.url(proposal)
    assert reverse("designation:meeting", args=[meeting.number]) == names.meeting_url(meeting)
    assert names.designation_url(meeting) == reverse("designation:detail", args=[meeting.number])


def test_proposal_list_shows_ones_own_only(client):
    mine, theirs = make.submitted_proposal(), make.submitted_proposal()
    sign_in(client, mine.created_by)
    page = text(client.get("/proposals/"))
    assert mine.number in page
    assert theirs.number not in page


def test_proposal_list_asks_to_sign_in(client):
    assert client.get("/proposals/").status_code == 302


def test_proposal_list_costs_the_same_for_one_and_three(client):
    user, firm = person(), company()
    member(user, firm)
    sign_in(client, user)
    make.selected_proposal(supplier=firm, by=user)
    one = queries(client, "/proposals/")
    make.selected_proposal(supplier=firm, by=user)
    make.motion(submission=make.selected_proposal(supplier=firm, by=user))
    assert queries(client, "/proposals/") == one


def test_proposal_page_is_sealed_before_the_opening_and_not_found_for_others(client):
    owner = institution()
    asks = person()
    member(asks, owner)
    sealed = make.submitted_proposal(make.proposal_lot(owner=owner, opened=False))
    url = names.url(sealed)
    for user in (
        asks,
        staff("run_rounds"),
        staff("keep_committee"),
        person(),
        make.submitted_proposal().created_by,
    ):
        sign_in(client, user)
        assert client.get(url).status_code == 404
    sign_in(client, sealed.created_by)
    assert client.get(url).status_code == 200


def test_proposal_page_after_the_opening_is_for_the_institution_of_its_task_only(client):
    owner, other = institution(), institution()
    asks, stranger = person(), person()
    member(asks, owner)
    member(stranger, other)
    proposal = make.submitted_proposal(make.proposal_lot(owner=owner))
    sign_in(client, asks)
    page = text(client.get(names.url(proposal)))
    assert "80000000" in page.replace(",", "")
    assert f"/proposals/{proposal.number}/opinion/" in page
    sign_in(client, stranger)
    assert client.get(names.url(proposal)).status_code == 404


def test_proposal_page_does_not_show_the_score_to_the_institution(client):
    owner = institution()
    asks = person()
    member(asks, owner)
    proposal = make.submitted_proposal(make.proposal_lot(owner=owner))
    make.result(proposal, outcome="not_selected")
    sign_in(client, asks)
    page = text(client.get(names.url(proposal)))
    assert 'id="result"' not in page
    assert f"/proposals/{proposal.number}/opinion/" not in page
    sign_in(client, proposal.created_by)
    assert 'id="result"' in text(client.get(names.url(proposal)))


def test_proposal_page_leads_to_the_designation(client):
    designation = designated()
    sign_in(client, designation.submission.created_by)
    page = text(client.get(names.url(designation.submission)))
    assert names.designation_url(designation) in page


# ── designations ──


def test_designations_are_public_and_say_whether_they_are_in_force(client):
    designation = designated()
    page = text(client.get(f"/en{names.designation_url(designation)}"))
    assert "in force" in page
    assert designation.product_name_en in page
    assert designation.number in text(client.get("/designations/"))


def test_designation_of_the_past_is_shown_as_ended_by_its_dates(client):
    day = today().replace(year=today().year - 4, day=1)
    decision = make.adopted_decision(make.selected_proposal())
    old = Designation.objects.create(
        number="TEST-DS-OLD",
        decision=decision,
        submission=decision.motion.submission,
        organisation=decision.motion.submission.applicant_organisation,
        product_name_ko="옛 제품",
        product_name_en="Old product",
        designated_on=day,
        valid=DateRange(day, day.replace(year=day.year + 3)),
    )
    assert "ended" in text(client.get(f"/en{names.designation_url(old)}"))
    assert old.number not in text(client.get("/designations/?state=in_force"))
    assert old.number in text(client.get("/designations/?state=ended"))


def test_designation_is_in_force_on_its_last_day_and_not_on_the_next():
    designation = designated()
    last = designation.last_day
    assert designation in Designation.objects.in_force(last)
    assert designation not in Designation.objects.in_force(last + timedelta(days=1))


def test_designations_are_searched_by_product_company_and_number(client):
    designation = designated()
    for q in ("물길 로봇", designation.organisation.name_ko, designation.number):
        assert designation.number in text(client.get("/designations/", {"q": q}))
    assert designation.number not in text(client.get("/designations/", {"q": "없는제품"}))


def test_designations_cost_the_same_for_one_and_three(client):
    designated()
    one = queries(client, "/designations/")
    designated()
    designated()
    assert queries(client, "/designations/") == one


def test_designation_that_does_not_exist_is_not_found(client):
    assert client.get("/designations/X/").status_code == 404


# ── meetings, for members ──


def seat_and_client(client, motion, index=0) -> Seat:
    seat = make.seats_of(motion.meeting.committee)[index]
    sign_in(client, seat.holder)
    return seat


def motion_url(motion) -> str:
    return f"/meetings/{motion.meeting.number}/{motion.order}/"


def test_meeting_pages_are_not_found_for_others(client):
    motion = make.voting()
    other = make.seats_of(make.committee())[0].holder
    urls = [
        names.meeting_url(motion.meeting),
        *(motion_url(motion) + end for end in ("", "vote/", "recuse/")),
    ]
    for user in (person(), other, staff("run_rounds"), motion.submission.created_by):
        sign_in(client, user)
        for url in urls:
            assert client.get(url).status_code == 404, url
    client.logout()
    assert client.get(urls[0]).status_code == 302


def test_former_member_does_not_see_a_later_meeting(client):
    body = make.committee(3)
    meeting = make.session(body)
    former = Seat.objects.create(
        committee=body, place=9, holder=person(), valid=DateRange(None, today() - timedelta(days=1))
    )
    motion = make.motion(meeting)
    sign_in(client, former.holder)
    assert client.get(names.meeting_url(motion.meeting)).status_code == 404
    assert motion.submission not in Submission.objects.readable_by(former.holder)


def test_meeting_list_and_page_for_a_member(client):
    motion = make.voting()
    seat_and_client(client, motion)
    assert motion.meeting.number in text(client.get("/meetings/"))
    page = text(client.get("/en" + names.meeting_url(motion.meeting)))
    assert "물길 점검 로봇" in page
    assert "more than half of the filled seats" in page


def test_meeting_page_costs_the_same_for_one_and_three_motions(client):
    meeting = make.session()
    by = make.secretary()
    motion = make.motion(meeting, by=by)
    seat_and_client(client, motion)
    one = queries(client, names.meeting_url(meeting))
    make.motion(meeting, by=by)
    make.motion(meeting, by=by)
    assert queries(client, names.meeting_url(meeting)) == one


def test_meeting_list_costs_the_same_for_one_and_three(client):
    body = make.committee()
    meeting = make.planned(body)
    sign_in(client, make.seats_of(meeting.committee)[0].holder)
    one = queries(client, "/meetings/")
    make.planned(body)
    make.planned(body)
    assert queries(client, "/meetings/") == one


def test_motion_page_shows_the_proposal_to_members_and_not_to_the_secretary(client):
    by = make.secretary()
    motion = make.voting(by=by)
    seat_and_client(client, motion)
    assert "80000000" in text(client.get(motion_url(motion))).replace(",", "")
    sign_in(client, by)
    page = client.get(motion_url(motion))
    assert page.status_code == 200
    assert "80000000" not in text(page).replace(",", "")


def test_vote_in_the_browser_is_chosen_then_confirmed_once(client):
    motion = make.voting()
    seat = seat_and_client(client, motion)
    url = motion_url(motion) + "vote/"
    page = text(client.get(url, {"choice": "against"}))
    assert 'value="against"' in page and "checked" in page
    assert not Ballot.objects.exists()
    assert client.post(url, {"choice": "against"}).status_code == 302
    assert (Ballot.objects.get().seat, Ballot.objects.get().choice) == (seat, "against")
    again = client.post(url, {"choice": "for"})
    assert again.status_code == 409
    assert Ballot.objects.get().choice == "against"


def test_vote_without_a_choice_is_an_error_at_the_field(client):
    motion = make.voting()
    seat_and_client(client, motion)
    page = client.post(motion_url(motion) + "vote/", {})
    assert page.status_code == 422
    assert not Ballot.objects.exists()


def test_vote_of_the_secretary_is_refused_in_the_browser(client):
    by = make.secretary()
    motion = make.voting(by=by)
    sign_in(client, by)
    assert client.post(motion_url(motion) + "vote/", {"choice": "for"}).status_code == 403
    assert not Ballot.objects.exists()


def test_recuse_in_the_browser_closes_the_proposal(client):
    motion = make.voting()
    seat = seat_and_client(client, motion)
    url = motion_url(motion) + "recuse/"
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "가" * 301}).status_code == 422
    assert client.post(url, {"reason": "자문을 맡았습니다."}).status_code == 302
    assert motion.recusals.get().seat == seat
    assert "80000000" not in text(client.get(motion_url(motion))).replace(",", "")
    assert client.post(motion_url(motion) + "vote/", {"choice": "for"}).status_code == 403
    assert client.get(names.url(motion.submission)).status_code == 404


def test_recusal_from_a_second_motion_closes_the_proposal_of_the_first_too(client):
    by = make.secretary()
    body = make.committee(by=by)
    first = make.voting(make.session(body, by=by), by=by)
    make.cast(first, "against", "against", "against")
    motions.close_vote(motion=first, by=by)
    meetings.close_meeting(meeting=first.meeting, by=by)
    second = make.motion(make.session(body, by=by), by=by, submission=first.submission)
    seat = seat_and_client(client, second)
    assert first.submission in Submission.objects.readable_by(seat.holder)
    motions.recuse(motion=second, by=seat.holder, seat=seat, reason="자문을 맡았습니다.")
    assert first.submission not in Submission.objects.readable_by(seat.holder)
    for motion in (first, second):
        assert "80000000" not in text(client.get(motion_url(motion))).replace(",", "")


def test_motion_page_does_not_say_how_the_vote_stands(client):
    motion = make.voting()
    make.cast(motion, "for", "against")
    seat_and_client(client, motion, 2)
    page = text(client.get("/en" + motion_url(motion)))
    assert "How it stands is shown when the vote is closed." in page
    assert "1 for" not in page


# ── the secretary's console ──


def console(name, *parts) -> str:
    return "/admin/designation/" + "/".join([name, *map(str, parts)]) + "/"


def test_secretary_runs_a_meeting_in_the_console(client):
    by = make.secretary()
    sign_in(client, by)
    made = client.post(
        console("committee", "create"),
        {"code": "demand", "name_ko": "위원회", "name_en": "Committee", "least_present": "3"},
    )
    assert made.status_code == 302
    from designation.models import Committee, Decision, Meeting, Motion

    body = Committee.objects.get(code="demand")
    for place in (1, 2, 3):
        holder = person()
        data = {
            "place": place,
            "holder": holder.email,
            "begins": str(today()),
            "is_chair": "on" * (place == 1),
        }
        assert client.post(console("committee", body.pk, "seat"), data).status_code == 302
    assert (
        client.post(
            console("committee", body.pk, "seat"), {"place": 4, "holder": "no@example.com"}
        ).status_code
        == 422
    )
    assert client.get(console("committee", body.pk, "change")).status_code == 200
    held = now().astimezone().strftime("%Y-%m-%dT%H:%M")
    data = {"committee": body.pk, "held_at": held, "place": "대회의실"}
    assert client.post(console("meeting", "plan"), data).status_code == 302
    meeting, proposal = Meeting.objects.get(), make.selected_proposal()
    assert (
        client.post(console("meeting", meeting.pk, "table"), {"submissions": [proposal.pk]}).status_code
        == 302
    )
    assert client.post(console("meeting", meeting.pk, "open")).status_code == 302
    seats = [seat.pk for seat in make.seats_of(body)]
    assert client.post(console("meeting", meeting.pk, "attendance"), {"seats": seats}).status_code == 302
    motion = Motion.objects.get()
    assert client.get(console("meeting", meeting.pk, "change")).status_code == 200
    assert client.get(console("motion", motion.pk, "change")).status_code == 200
    assert client.post(console("motion", motion.pk, "open-vote")).status_code == 302
    make.cast(motion, "for", "for", "against")
    assert client.post(console("motion", motion.pk, "close-vote")).status_code == 302
    assert Decision.objects.get().adopted
    assert client.post(console("meeting", meeting.pk, "close")).status_code == 302
    assert client.get(console("designation")).status_code == 200
    for rule in ("designationrule", "votingrule", "seat", "meeting", "motion", "committee"):
        assert client.get(console(rule)).status_code == 200


def test_console_shows_a_missing_quorum_as_the_reason(client):
    by = make.secretary()
    motion = make.voting(make.session(by=by, present=2), by=by)
    sign_in(client, by)
    page = client.post("/en" + console("motion", motion.pk, "close-vote"))
    assert page.status_code == 409
    assert "There is no quorum" in text(page)


@pytest.mark.parametrize("step", ["open-vote", "close-vote", "recuse", "defer"])
def test_console_steps_are_closed_to_other_staff(client, step):
    motion = make.motion()
    sign_in(client, staff("run_rounds", "keep_budget"))
    assert client.get(console("motion", motion.pk, step)).status_code == 403
    assert client.post(console("motion", motion.pk, step), {"reason": "x"}).status_code == 403


def test_clock_of_another_day_moves_the_base(client):
    """The seats of the day on which the vote is opened are the base, not those of today."""
    from django.db import transaction

    by = make.secretary()
    body = make.committee(4, by=by)
    from designation.services.committee import vacate_seat

    vacate_seat(seat=make.seats_of(body)[3], by=by, last_day=today(), reason="임기 만료")
    with transaction.atomic(), moved_to(now() + timedelta(days=2)):
        meeting = meetings.open_meeting(meeting=make.planned(body, by=by), by=by)
        for seat in make.seats_of(body)[:3]:
            meetings.record_attendance(meeting=meeting, by=by, seat=seat)
        motion = make.voting(meeting, by=by)
        make.cast(motion, "for", "for", "for")
        assert motions.close_vote(motion=motion, by=by).base == 3


def test_console_says_which_proposals_were_rejected_before(client):
    by = make.secretary()
    motion = make.voting(by=by)
    make.cast(motion, "against", "against", "against")
    motions.close_vote(motion=motion, by=by)
    fresh = make.selected_proposal()
    meeting = make.planned(by=by)
    sign_in(client, by)
    page = text(client.get("/en" + console("meeting", meeting.pk, "table")))
    assert page.count("rejected at an earlier meeting") == 1
    assert page.index(fresh.number) < page.index(motion.submission.number)
    assert "1 selected proposal waits." in page
