"""The notices, periods and rules that innomarket ships: all our default; staff enter others from a day on."""

from typing import Any

from django.utils.translation import gettext_noop

from innomarket.common import personal

from .models import Notice, PrivacyRule, RetentionRule

SOURCE = gettext_noop(
    "innomarket: Personal Information Protection Act, art. 15, 21, 35-37; no source states the texts"
)

# purpose: basis, why, items, period, refusal – each in Korean and in English
NOTICES: dict[str, tuple[str, tuple[str, str], tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "account": (
        "contract",
        (
            "로그인하고, 본인에게 해당하는 일을 알리기 위해서입니다.",
            "To let you sign in and to tell you what concerns you.",
        ),
        (
            "이름, 전자우편 주소, 언어, 비밀번호의 해시, 2단계 인증 비밀값, 접속 기록",
            "Name, e-mail address, language, a hash of the password, the secret of the second factor, sessions",
        ),
        (
            "계정을 지울 때까지. 지워 달라고 하면 대기 기간이 지난 뒤 바로 지웁니다.",
            "Until the account is erased: at once after the waiting time when you ask for it.",
        ),
        (
            "제공하지 않으면 계정을 만들 수 없습니다. 공개된 내용은 계정 없이 볼 수 있습니다.",
            "Without it there is no account. What is public can be read without one.",
        ),
    ),
    "organisation": (
        "duty",
        (
            "누가 기관을 대표해 쓰고 제출할 수 있는지 확인하기 위해서입니다.",
            "To know who may write and submit for an organisation.",
        ),
        (
            "소속 기관, 역할, 제출 권한, 초대받은 전자우편 주소",
            "Organisation, role, right to submit, address of an invitation",
        ),
        (
            "소속이 끝난 뒤에도 제출 기록이 보존되는 동안. 초대 주소는 보유 기간표에 따릅니다.",
            "As long as the submissions made for it are kept; addresses of invitations as the periods say.",
        ),
        ("제공하지 않으면 기관을 대표해 일할 수 없습니다.", "Without it you cannot act for an organisation."),
    ),
    "application": (
        "duty",
        (
            "과제와 제안을 접수하고 평가하며, 누가 언제 제출했는지 증명하기 위해서입니다.",
            "To receive and judge tasks and proposals, and to prove who submitted what and when.",
        ),
        (
            "작성자와 제출자, 쓴 내용, 올린 파일, 저장·제출 시각",
            "Who wrote and submitted, what was written, files, times of saving and submitting",
        ),
        (
            "제출한 것은 공공기록물 보존 기간 동안, 제출하지 않은 초안은 지울 때까지입니다.",
            "What was submitted: as public records must be kept. Drafts: until they are deleted.",
        ),
        ("제공하지 않으면 신청할 수 없습니다.", "Without it nothing can be applied for."),
    ),
    "evaluation": (
        "duty",
        (
            "공정하게 평가하고, 결과를 다시 계산해 확인할 수 있게 하기 위해서입니다.",
            "To judge fairly, and so that results can be recomputed.",
        ),
        (
            "위원의 자리, 이해충돌 신고, 점수와 의견",
            "Place on the panel, declared conflicts, scores and comments",
        ),
        (
            "평가 기록이 보존되는 동안. 신청자에게는 이름 없이 전해집니다.",
            "As long as the records of the round are kept. Applicants read them without names.",
        ),
        ("신고하지 않으면 평가할 수 없습니다.", "Who does not declare cannot evaluate."),
    ),
    "evaluator_pool": (
        "consent",
        (
            "평가위원을 무작위로 뽑고 이해충돌을 가려내기 위해서입니다.",
            "To draw panels at random and to find conflicts of interest.",
        ),
        (
            "전문 분야, 소속과 과거의 관계, 가능한 날, 지금까지의 위촉",
            "Fields of expertise, employer and past ties, availability, panels so far",
        ),
        (
            "동의를 거둘 때까지. 이미 한 평가는 기록으로 남습니다.",
            "Until you withdraw. Evaluations already made stay on record.",
        ),
        (
            "동의하지 않아도 됩니다. 그러면 평가위원으로 뽑히지 않습니다.",
            "You need not agree; then you are not drawn for panels.",
        ),
    ),
    "committee": (
        "duty",
        (
            "위원회의 의결을 적법하게 하고 기록하기 위해서입니다.",
            "To decide lawfully in the committee and to record it.",
        ),
        ("위원의 자리, 출석, 표결, 회피와 그 사유", "Seat, attendance, votes, recusals with their reasons"),
        ("회의록이 보존되는 동안", "As long as the minutes are kept"),
        ("제공하지 않으면 표결할 수 없습니다.", "Without it there is no vote."),
    ),
    "purchase": (
        "duty",
        (
            "시범구매의 검사와 시험 결과를 증명하기 위해서입니다.",
            "To prove inspection and tests of a pilot purchase.",
        ),
        ("입력한 사람, 시각, 입력한 내용", "Who entered it, when, and what was entered"),
        ("계약 기록이 보존되는 동안", "As long as the records of the contract are kept"),
        ("제공하지 않으면 결과를 입력할 수 없습니다.", "Without it no result can be entered."),
    ),
    "news": (
        "consent",
        (
            "반드시 알려야 하는 것이 아닌 소식을 전자우편으로 보내기 위해서입니다.",
            "To mail you news that we are not bound to send.",
        ),
        ("전자우편 주소와 받는 방법", "E-mail address and how you want to be told"),
        ("동의를 거둘 때까지", "Until you withdraw"),
        (
            "동의하지 않아도 됩니다. 그러면 소식은 받은 쪽지함에만 남고, 접수증·결과·마감 알림은 계속 전자우편으로 갑니다.",
            "You need not agree; then news stands in your inbox only. Receipts, results and deadlines are mailed all the same.",
        ),
    ),
    "saved_search": (
        "contract",
        (
            "저장한 검색을 다시 보여 주고, 원하면 새 제품을 알리기 위해서입니다.",
            "To show your saved searches again and, where you want it, to tell you of new products.",
        ),
        (
            "검색의 이름, 검색어와 조건, 알림 여부",
            "Name of the search, words and filters, whether you are told",
        ),
        ("검색이나 계정을 지울 때까지", "Until you delete the search or your account"),
        ("저장하지 않아도 검색할 수 있습니다.", "You can search without saving anything."),
    ),
    "record": (
        "duty",
        ("누가 언제 무엇을 했는지 나중에도 증명하기 위해서입니다.", "To prove later who did what and when."),
        (
            "한 사람, 시각, 한 일, 바뀐 항목의 이름, 담당자가 적은 사유. 글과 연락처는 담지 않습니다.",
            "Who, when, what, names of changed fields, reasons given by staff. No texts and no contact data.",
        ),
        (
            "지우지 않습니다. 계정을 지우면 이름 대신 부호로만 남습니다.",
            "It is never deleted. After an erasure it names you by a code only.",
        ),
        ("법에 따른 기록이라 거부할 수 없습니다.", "The law asks for this record; it cannot be refused."),
    ),
}


def load() -> int:
    """Put notices, periods and the rule in place; what staff entered since stays. Safe to run again."""
    for purpose, (basis, why, items, period, refusal) in NOTICES.items():
        texts = {"why": why, "items": items, "period": period, "refusal": refusal}
        values: dict[str, Any] = {
            f"{name}_{language}": text
            for name, pair in texts.items()
            for language, text in zip(("ko", "en"), pair, strict=True)
        }
        _ensure(Notice, values | {"basis": basis, "source": SOURCE}, purpose=purpose)
    periods = [part for part in personal.kept.values() if part.months is not None]
    for part in periods:
        _ensure(RetentionRule, {"months": part.months, "source": part.source}, noun=part.noun)
    _ensure(
        PrivacyRule,
        {
            "waiting_days": 7,
            "exports_a_day": 3,
            "source": gettext_noop(
                "innomarket: no source states a waiting time; the Act asks for an answer within ten days"
            ),
        },
    )
    return len(NOTICES) + len(periods) + 1


def _ensure(model: Any, values: dict[str, Any], **key: Any) -> None:
    model.ensure(valid=(None, None), values=values | {"is_default": True}, **key)
