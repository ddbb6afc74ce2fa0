"""Who plays in the sample: fictional organisations, and people; some of them can sign in."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from innomarket.accounts.models import InstitutionClass, Organisation, OrganisationKind, User
from innomarket.accounts.services.membership import add_member
from innomarket.accounts.services.organisation import apply_for_organisation, verify_organisation
from innomarket.accounts.services.person import give_second_factor, give_staff_groups, register_person
from innomarket.evaluation.models import Expertise
from innomarket.evaluation.services.evaluator import apply_to_pool, verify_evaluator

# Everybody's password in the sample. It exists only where the sample does: in a demonstration.
PASSWORD = "innomarket-demo"
DOMAIN = "innomarket.example"

# (sign-in, name, groups of staff): what each role may do in the admin.
STAFF = (
    ("rounds", "나라온", ("Rounds",)),
    ("rounds2", "두루온", ("Rounds",)),
    ("rounds3", "세움온", ("Rounds",)),
    ("committee", "서기담", ("Committee",)),
    ("budget", "예산결", ("Budget",)),
    ("catalogue", "목록새", ("Catalogue",)),
    ("verify", "확인솔", ("Verification",)),
    ("audit", "감사별", ("Audit",)),
)
EVALUATORS = ("평가온", "평가담", "평가솔", "평가결", "평가별", "평가샘", "평가늘")
# Those who join the pool in the course of this year (sign-in, name).
LATER_EVALUATORS = (("evaluator8", "평가봄"), ("evaluator9", "평가여름"), ("evaluator10", "평가가을"))
# Those who have joined before the panels of this autumn are drawn (sign-in, name).
GROWN_EVALUATORS = (
    ("evaluator11", "평가겨울"),
    ("evaluator12", "평가노을"),
    ("evaluator13", "평가이슬"),
    ("evaluator14", "평가안개"),
)
MEMBERS = ("위원온", "위원담", "위원솔", "위원결", "위원별")

STEMS = (
    "가온", "나래", "다솜", "라온", "마루", "바람", "새벽", "아람", "자람", "차오름",
    "큰솔", "타래", "푸름", "하늬", "고운", "너울", "도담", "로움", "미리내", "버들",
    "소담", "여울", "조은", "초롱", "토리", "파랑", "해솔", "그루", "느루", "두레",
)  # fmt: skip
# (suffix, class of institution)
BODIES = (
    ("시", "local"),
    ("군", "local"),
    ("도시공사", "local_enterprise"),
    ("의료원", "medical"),
    ("교육지원청", "education"),
    ("안전공단", "public_corporation"),
)
BRANDS = (
    ("누리솔", "Nurisol"), ("한결테크", "Hangyeol Tech"), ("빛나리", "Bitnari"), ("온새미", "Onsaemi"),
    ("다온", "Daon"), ("이든랩", "Eden Lab"), ("가람센서", "Garam Sensor"), ("물빛", "Mulbit"),
    ("새암", "Saeam"), ("도란", "Doran"), ("윤슬", "Yunseul"), ("바름", "Bareum"),
    ("슬기", "Seulgi"), ("참길", "Chamgil"), ("너른", "Neoreun"), ("단비", "Danbi"),
    ("마중", "Majung"), ("소리샘", "Sorisaem"), ("옹달", "Ongdal"), ("해오름", "Haeoreum"),
    ("가라온", "Garaon"), ("나린", "Narin"), ("두빛", "Dubit"), ("라임", "Raim"),
)  # fmt: skip


@dataclass
class Cast:
    staff: dict[str, User] = field(default_factory=dict)
    evaluators: list[User] = field(default_factory=list)
    later_evaluators: list[User] = field(default_factory=list)
    grown_evaluators: list[User] = field(default_factory=list)
    members: list[User] = field(default_factory=list)
    institutions: list[Organisation] = field(default_factory=list)
    companies: list[Organisation] = field(default_factory=list)
    owners: dict[int, User] = field(default_factory=dict)

    def owner(self, organisation: Organisation) -> User:
        """The person who acts for an organisation."""
        return self.owners[organisation.pk]


def address(name: str) -> str:
    return f"{name}@{DOMAIN}"


def business_number(serial: int) -> str:
    """A number with a right check digit and an office code (010) that no tax office has."""
    digits = f"01081{serial:04d}"
    total = sum(int(d) * w for d, w in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True))
    total += int(digits[8]) * 5 // 10
    return f"{digits}{(10 - total % 10) % 10}"


def assemble() -> Cast:
    """Make everybody, through the services."""
    cast = Cast()
    for login, name, groups in STAFF:
        cast.staff[login] = _person(login, name, is_staff=True)
        give_staff_groups(user=cast.staff[login], groups=groups)
    cast.evaluators = [_person(f"evaluator{n}", name) for n, name in enumerate(EVALUATORS, start=1)]
    _pool(cast)
    cast.later_evaluators = [_person(login, name) for login, name in LATER_EVALUATORS]
    cast.grown_evaluators = [_person(login, name) for login, name in GROWN_EVALUATORS]
    cast.members = [_person(f"member{n}", name) for n, name in enumerate(MEMBERS, start=1)]
    _person("citizen", "시민봄")
    _institutions(cast)
    _companies(cast)
    _let_in(cast)
    return cast


def _pool(cast: Cast) -> None:
    """The evaluators apply, and staff take them into the pool."""
    kinds = ("technical", "policy", "technical", "market", "technical", "user", "policy")
    fields = list(Expertise.objects.order_by("order"))
    for n, user in enumerate(cast.evaluators):
        chosen = [fields[(n + step) % len(fields)] for step in (0, 5, 10)]
        applied = apply_to_pool(by=user, kind=kinds[n % len(kinds)], fields=chosen)
        verify_evaluator(evaluator=applied, by=cast.staff["rounds"])


def _person(login: str, name: str, *, is_staff: bool = False) -> User:
    user = register_person(email=address(login), name=name)
    if is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        give_second_factor(user=user)
    return user


def _institutions(cast: Cast) -> None:
    kind = OrganisationKind.objects.get(code="public_institution")
    classes = {row.code: row for row in InstitutionClass.objects.all()}
    for serial in range(60):
        stem, (suffix, code) = (
            STEMS[serial % len(STEMS)],
            BODIES[(serial + serial // len(STEMS)) % len(BODIES)],
        )
        owner = _person("institution" if serial == 0 else f"institution{serial + 1}", f"{stem}담당")
        body = apply_for_organisation(
            by=owner,
            kind=kind,
            name_ko=f"{stem}{suffix}",
            institution_code=f"99{serial + 1:05d}",
            institution_class=classes[code],
        )
        cast.institutions.append(verify_organisation(organisation=body, by=cast.staff["verify"]))
        cast.owners[body.pk] = owner


def _companies(cast: Cast) -> None:
    kind = OrganisationKind.objects.get(code="company")
    for serial, (name_ko, name_en) in enumerate(BRANDS):
        owner = _person("company" if serial == 0 else f"company{serial + 1}", f"{name_ko}담당")
        firm = apply_for_organisation(
            by=owner,
            kind=kind,
            name_ko=f"(주){name_ko}",
            name_en=f"{name_en} Co., Ltd.",
            business_number=business_number(serial + 1),
            size_class=("micro", "small", "medium")[serial % 3],
            is_women_owned=serial % 4 == 1,
            is_youth_led=serial % 5 == 2,
        )
        cast.companies.append(verify_organisation(organisation=firm, by=cast.staff["verify"]))
        cast.owners[firm.pk] = owner
    editor = _person("editor", "누리편집")
    add_member(organisation=cast.companies[0], by=cast.owner(cast.companies[0]), user=editor, role="editor")


def _let_in(cast: Cast) -> None:
    """One hash for all who can sign in: hashing a password is meant to take long."""
    hashed = make_password(PASSWORD)
    User.objects.filter(email__endswith=f"@{DOMAIN}").update(password=hashed)


def sign_ins() -> list[tuple[str, str]]:
    """(address, role) of the sample's people whom the start page names."""
    roles = [(address(login), ", ".join(groups)) for login, _name, groups in STAFF]
    roles += [
        (address("institution"), "public institution"),
        (address("company"), "company"),
        (address("evaluator1"), "evaluator"),
        (address("member1"), "committee member"),
        (address("citizen"), "citizen"),
    ]
    return roles
