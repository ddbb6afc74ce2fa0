"""Generated from docs/schemas/api-v1.json by `make api`: not to be edited."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

BlankEnum = Literal[""]
CertificateKindEnum = Literal[
    "nep",
    "net",
    "gs",
    "green",
    "performance",
    "direct_production",
    "kc",
    "excellent",
    "test_report",
    "iso",
    "other",
]
ChangeEnum = Literal["written", "removed"]
DesignationTypeEnum = Literal["type2"]
FileKindEnum = Literal["specification", "manual", "test_report", "catalogue", "other"]
FormatEnum = Literal["ndjson", "csv", "xlsx"]
LanguageEnum = Literal["ko", "en"]
PatentKindEnum = Literal["patent", "utility_model", "design", "application"]
PilotVerdictEnum = Literal["success", "failure"]
SizeClassEnum = Literal["micro", "small", "medium", "large"]
StateEnum = Literal["announced", "closed", "cancelled"]
UseAfterEnum = Literal["used", "partly", "unused"]


class Answer(TypedDict):
    key: str
    label: str
    value: Any | None


class Call(TypedDict):
    number: str
    page: str
    kind: str
    kind_label: str
    title: str
    title_ko: str
    title_en: str
    summary_ko: str
    summary_en: str
    state: StateEnum
    state_label: str
    opens_at: str
    opens_at_label: str
    closes_at: str
    closes_at_label: str
    opening_at: str
    opening_at_label: str
    lots: list[Lot]


class CallPage(TypedDict):
    next: str | None
    previous: str | None
    results: list[Call]


class Categories(TypedDict):
    results: list[Category]


class Category(TypedDict):
    name: str
    name_ko: str
    name_en: str
    code: str
    parent: str | None


class CategoryOfProduct(TypedDict):
    name: str
    name_ko: str
    name_en: str
    code: str
    large: str


class Certificate(TypedDict):
    kind: CertificateKindEnum
    kind_label: str
    number: str
    issuer: str
    issued_on: str | None
    valid_until: str | None


class Change(TypedDict):
    number: str
    change: ChangeEnum
    at: str
    since: int
    product: Product | None


class Changes(TypedDict):
    results: list[Change]
    next: str
    since: int
    more: bool


class Coded(TypedDict):
    name: str
    name_ko: str
    name_en: str
    code: str


class Copy(TypedDict):
    url: str
    width: int
    height: int


class Designation(TypedDict):
    number: str
    type: DesignationTypeEnum
    type_label: str
    designated_on: str
    valid_from: str
    valid_until: str
    product_name_ko: str
    product_name_en: str
    product: str | None
    organisation: OrganisationName


class DesignationOfProduct(TypedDict):
    number: str
    type: DesignationTypeEnum
    type_label: str
    designated_on: str
    valid_from: str
    valid_until: str


class DesignationPage(TypedDict):
    next: str | None
    previous: str | None
    results: list[Designation]


class File(TypedDict):
    kind: FileKindEnum
    kind_label: str
    title: str
    url: str
    media_type: str
    size: int
    sha256: str


class Image(TypedDict):
    alt: str
    alt_ko: str
    alt_en: str
    copies: list[Copy]


class ItemClass(TypedDict):
    name: str
    name_ko: str
    name_en: str
    code: str


class Lot(TypedDict):
    title_ko: str
    title_en: str


class Measure(TypedDict):
    name: str
    target: str
    found: str
    reached: bool


class Model(TypedDict):
    name: str
    identification_number: str
    price_won: int | None
    specifications: list[Specification]


class Name(TypedDict):
    name: str
    name_ko: str
    name_en: str


class Organisation(TypedDict):
    name: str
    name_ko: str
    name_en: str
    id: int
    page: str
    kind: Coded
    institution_class: Coded | None
    region: str


class OrganisationName(TypedDict):
    name: str
    name_ko: str
    name_en: str
    id: int


class OrganisationPage(TypedDict):
    next: str | None
    previous: str | None
    results: list[Organisation]


class Patent(TypedDict):
    kind: PatentKindEnum
    kind_label: str
    number: str
    title: str


class Pilot(TypedDict):
    count: int
    verdict: PilotVerdictEnum | BlankEnum
    verdict_label: str
    use_after: UseAfterEnum | BlankEnum
    use_after_label: str
    trials: list[Trial]


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: NotRequired[list[ProblemError]]


class ProblemError(TypedDict):
    parameter: str
    detail: str
    code: str


class Product(TypedDict):
    name: str
    name_ko: str
    name_en: str
    number: str
    url: str
    page: str
    summary: str
    description: str
    category: CategoryOfProduct | None
    item_class: ItemClass | None
    supplier: Supplier
    manufacturer: str
    collaborators: list[str]
    origin: str
    origin_label: str
    designation: DesignationOfProduct
    price_won: int | None
    price_includes_vat: bool
    price_basis: str
    unit: str
    delivery_days: int | None
    regions: list[Region]
    trl: int | None
    models: list[Model]
    certificates: list[Certificate]
    patents: list[Patent]
    sdgs: list[int]
    images: list[Image]
    documents: list[File]
    video_url: str
    pilot: Pilot
    version: int
    listed_at: str
    changed_at: str


class ProductPage(TypedDict):
    next: str | None
    previous: str | None
    results: list[Product]


class Region(TypedDict):
    code: str
    name: str


class Snapshot(TypedDict):
    name: str
    url: str
    day: str
    format: FormatEnum
    language: LanguageEnum
    size: int
    rows: int
    sha256: str
    since: int


class Snapshots(TypedDict):
    results: list[Snapshot]


class Specification(TypedDict):
    code: str
    name: str
    value: str
    unit: str


class Statistics(TypedDict):
    tasks: int
    selected: int
    proposals: int
    designated: int
    pilots: int
    appropriated: int
    committed: int


class Supplier(TypedDict):
    name: str
    name_ko: str
    name_en: str
    id: int
    size_class: SizeClassEnum | BlankEnum
    is_women_owned: bool
    is_youth_led: bool
    region: str


class Task(TypedDict):
    number: str
    page: str
    title: str
    answers: list[Answer]
    institution: OrganisationName | None
    call_for_solutions: str | None
    published_at: str | None


class TaskPage(TypedDict):
    next: str | None
    previous: str | None
    results: list[Task]


class Trial(TypedDict):
    number: str
    page: str
    institution: Name
    verdict: PilotVerdictEnum
    verdict_label: str
    given_on: str
    summary: str
    measures: list[Measure]
    use: UseAfterEnum | BlankEnum
    use_label: str
    use_words: str
    use_on: str | None
