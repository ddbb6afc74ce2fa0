"""What companies of the sample say of their products: texts, models, papers. All of it is invented."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL.Image import Image

from . import drawings

ProfileValue = tuple[str, str]
"""A line of the category's profile by its code, and the value."""
OwnValue = tuple[str, str, str, str]
"""What the supplier names itself: in Korean, in English, value, unit."""
Paper = tuple[str, str, str, int, int]
"""Kind, number, issuer, issued so many days before the day of the listing, valid so many days after it."""


@dataclass(frozen=True)
class Picture:
    draw: Callable[[], Image]
    alt_ko: str
    alt_en: str


@dataclass(frozen=True)
class Model:
    name: str
    identification_number: str
    price_won: int
    values: tuple[ProfileValue | OwnValue, ...]

    def content(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "identification_number": self.identification_number,
            "price_won": self.price_won,
            "specifications": [_specification(value) for value in self.values],
        }


def _specification(value: ProfileValue | OwnValue) -> dict[str, str]:
    if len(value) == 2:
        return {"attribute": value[0], "name_ko": "", "name_en": "", "value": value[1], "unit": ""}
    name_ko, name_en, said, unit = value
    return {"attribute": "", "name_ko": name_ko, "name_en": name_en, "value": said, "unit": unit}


@dataclass(frozen=True)
class Listing:
    """``product`` is the name in Korean under which it was designated."""

    product: str
    category: str
    description: str
    price_basis: str
    models: tuple[Model, ...]
    papers: tuple[Paper, ...] = ()
    rights: tuple[tuple[str, str, str], ...] = ()  # kind, number, title
    regions: tuple[str, ...] = ()
    collaborators: tuple[str, ...] = ()
    item_class: str = ""
    video: str = ""
    pictures: tuple[Picture, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()  # kind, title


def _device(power: str, mass: str, size: str, protection: str) -> tuple[ProfileValue, ...]:
    """The profile of a device."""
    return ("power", power), ("mass", mass), ("size", size), ("protection", protection)


def _ventilator(
    name: str, number: str, price: int, device: tuple[ProfileValue, ...], flow: str, noise: str
) -> Model:
    return Model(
        name,
        number,
        price,
        (
            *device,
            ("환기량", "Airflow", flow, "m³/h"),
            ("열회수율", "Heat recovered", "82", "%"),
            ("소음", "Noise", noise, "dB(A)"),
        ),
    )


# Designated a few weeks ago, by the demo company.
NEW = Listing(
    "누리솔 열회수 벽면 환기기",
    "welfare",
    "벽에 구멍 하나만 뚫어 답니다. 나가는 공기의 열로 들어오는 공기를 데우므로, 겨울에도 창을 열지 않고 이산화탄소를 "
    "1,000 ppm 아래로 지킵니다.\n\n사람이 많아지면 스스로 세게 돌고, 필터를 갈 때가 되면 앞면의 불이 노랗게 바뀝니다.",
    "설치와 필터 1년분 포함",
    (
        _ventilator(
            "NV-100", "99100101", 38_500_000, _device("28", "6.5", "380×210×380 mm", "IP24"), "80", "28"
        ),
        _ventilator(
            "NV-200", "99100102", 44_000_000, _device("42", "8.2", "460×240×460 mm", "IP24"), "150", "31"
        ),
        _ventilator(
            "NV-300", "99100103", 57_200_000, _device("66", "12.4", "560×280×560 mm", "IP44"), "250", "35"
        ),
    ),
    (
        ("kc", "SAMPLE-KC-2210", "가상전기안전시험소", 400, 1400),
        ("performance", "SAMPLE-PF-0031", "가상성능인증센터", 200, 900),
        ("direct_production", "SAMPLE-DP-7714", "가상중소기업센터", 150, 560),
    ),
    (("application", "10-0000-0001234", "벽면 열회수 환기 장치와 그 제어 방법"),),
    collaborators=("(주)가상금형",),
    video="https://video.innomarket.example/ventilator",
    pictures=(
        Picture(
            drawings.ventilator,
            "창문 옆 벽에 달린 흰 네모 환기기, 앞면 아래에 초록 불이 켜져 있다",
            "A white square ventilator on the wall beside a window, a green light on its front",
        ),
        Picture(
            drawings.airflow,
            "환기기의 속: 나가는 따뜻한 공기와 들어오는 찬 공기가 열교환기에서 엇갈린다",
            "Inside the ventilator: warm air going out and cold air coming in cross in the heat exchanger",
        ),
    ),
    documents=(("specification", "규격서"), ("manual", "사용 설명서")),
)

# Of the round of 2020.
OLDER = (
    Listing(
        "한결테크 물속 하수관 점검 로봇",
        "environment-water",
        "물을 빼지 않고 하수관 안을 달리며 카메라와 초음파로 벽을 봅니다. 찾은 균열은 자리와 폭을 지도에 남깁니다.",
        "조작기, 케이블 200 m, 교육 이틀 포함",
        (
            Model(
                "SR-2",
                "99100201",
                27_500_000,
                (
                    *_device("180", "24", "620×240×260 mm", "IP68"),
                    ("들어갈 수 있는 관", "Smallest pipe", "300", "mm"),
                    ("찾는 균열의 폭", "Smallest crack found", "1.0", "mm"),
                    ("한 번에 가는 거리", "Reach", "200", "m"),
                ),
            ),
            Model(
                "SR-2L",
                "99100202",
                33_000_000,
                (
                    *_device("240", "31", "740×300×310 mm", "IP68"),
                    ("들어갈 수 있는 관", "Smallest pipe", "450", "mm"),
                    ("찾는 균열의 폭", "Smallest crack found", "1.0", "mm"),
                    ("한 번에 가는 거리", "Reach", "400", "m"),
                ),
            ),
        ),
        (
            ("test_report", "SAMPLE-TR-0612", "가상물기술시험원", 120, 980),
            ("net", "SAMPLE-NET-88", "가상기술협회", 300, 800),
        ),
        regions=("서울특별시", "경기도", "인천광역시"),
        video="https://video.innomarket.example/sewer-robot",
        pictures=(
            Picture(
                drawings.robot,
                "둥근 하수관 바닥의 물속을 달리는 노란 로봇, 앞 등이 벽을 비춘다",
                "A yellow robot driving through water in a round sewer, its lamp lighting the wall",
            ),
        ),
        documents=(("specification", "규격서"), ("test_report", "시험 성적서")),
    ),
    Listing(
        "두빛 주행형 터널 점검 장치",
        "safety",
        "보통 차에 얹어 시속 60 km로 달리며 터널 벽을 찍습니다. 차로를 막지 않습니다.",
        "차량에 다는 틀 포함, 차량 별도",
        (
            Model(
                "TS-60",
                "99100301",
                33_000_000,
                (
                    *_device("900", "86", "1400×900×700 mm", "IP65"),
                    ("찾는 균열의 폭", "Smallest crack found", "0.3", "mm"),
                    ("달리며 찍는 빠르기", "Driving speed", "60", "km/h"),
                ),
            ),
        ),
        (("nep", "SAMPLE-NEP-410", "가상신제품심사원", 90, 1000),),
        collaborators=("(주)가상광학", "(주)가상차체"),
        pictures=(
            Picture(
                drawings.scanner_blue,
                "터널 안을 달리는 파란 점검차, 지붕 위 장치가 벽으로 빛을 부채처럼 비춘다",
                "A blue inspection van in a tunnel; the device on its roof fans light over the wall",
            ),
        ),
        documents=(("specification", "규격서"),),
    ),
    Listing(
        "옹달 주행형 터널 점검 장치",
        "safety",
        "레이저 두 줄기로 벽의 높낮이까지 함께 재어, 떨어지기 쉬운 곳을 순서대로 알려 줍니다.",
        "차량에 다는 틀과 분석 소프트웨어 1년 포함",
        (
            Model(
                "OT-1",
                "99100401",
                22_000_000,
                (
                    *_device("650", "58", "1100×800×640 mm", "IP54"),
                    ("찾는 균열의 폭", "Smallest crack found", "0.5", "mm"),
                    ("달리며 찍는 빠르기", "Driving speed", "40", "km/h"),
                ),
            ),
        ),
        (("test_report", "SAMPLE-TR-0733", "가상도로시험원", 60, 700),),
        regions=("부산광역시", "울산광역시", "경상남도"),
        pictures=(
            Picture(
                drawings.scanner_green,
                "터널 안에 선 초록 점검차, 지붕 위에서 레이저 두 줄기가 벽을 비춘다",
                "A green inspection van in a tunnel, two laser beams from its roof on the wall",
            ),
        ),
        documents=(("specification", "규격서"),),
    ),
    Listing(
        "윤슬 휴대형 수질 분석기",
        "environment-water",
        "물 한 모금만큼을 넣으면 30분 안에 미량 물질 열두 가지를 잽니다. 잰 곳과 때가 함께 남습니다.",
        "시약 100회분 포함",
        (
            Model(
                "WA-12",
                "99100501",
                27_500_000,
                (
                    *_device("12", "1.4", "210×95×70 mm", "IP67"),
                    ("재는 물질", "Substances measured", "12", ""),
                    ("걸리는 시간", "Time", "30", "min"),
                ),
            ),
        ),
        (
            ("kc", "SAMPLE-KC-3107", "가상전기안전시험소", 220, 1300),
            ("green", "SAMPLE-GR-51", "가상녹색인증원", 30, 900),
        ),
        pictures=(
            Picture(
                drawings.analyser,
                "손에 드는 하늘색 분석기와 물이 담긴 시험관, 화면에 막대그래프가 보인다",
                "A light blue handheld analyser beside a vial of water, a bar chart on its screen",
            ),
        ),
        documents=(("manual", "사용 설명서"),),
    ),
    Listing(
        "새암 무약품 녹조 제거선",
        "environment-water",
        "약품 없이 물 위의 조류를 걷어 올려 배 위에서 물을 뺍니다. 사람은 물가에서 살피기만 합니다.",
        "운반과 진수 포함",
        (
            Model(
                "AS-4",
                "99100601",
                27_500_000,
                (
                    *_device("3200", "740", "4200×1900×1500 mm", "IP66"),
                    ("한 시간에 거두는 양", "Collected in an hour", "600", "kg"),
                ),
            ),
        ),
        (("green", "SAMPLE-GR-47", "가상녹색인증원", 200, 760),),
        regions=("대전광역시", "세종특별자치시", "충청북도", "충청남도"),
        pictures=(
            Picture(
                drawings.skimmer,
                "초록빛 물 위의 납작한 흰 배, 앞의 넓은 벨트가 조류를 걷어 올린다",
                "A flat white boat on green water, a wide belt at its bow lifting algae",
            ),
        ),
        documents=(("catalogue", "소개 책자"),),
    ),
    Listing(
        "도란 마을 음식물 감량기",
        "environment-waste",
        "음식물을 말리고 미생물로 삭혀 무게를 열에 여덟 줄입니다. 나온 것은 퇴비가 됩니다.",
        "설치와 미생물제 6개월분 포함",
        (
            Model(
                "FR-80",
                "99100701",
                22_000_000,
                (
                    *_device("1500", "210", "1200×800×1500 mm", "IP45"),
                    ("하루에 다루는 양", "Handled in a day", "80", "kg"),
                ),
            ),
        ),
        (("iso", "SAMPLE-ISO-9", "가상경영인증원", 500, 590),),
        item_class="4710152401",
        documents=(("specification", "규격서"),),
    ),
    Listing(
        "도란 축사 공기 정화탑",
        "environment-air",
        "축사에서 나오는 공기를 탑 안의 젖은 층에 지나게 해 냄새와 먼지를 함께 잡습니다.",
        "설치 포함",
        (
            Model(
                "LS-20",
                "99100801",
                27_500_000,
                (
                    *_device("2200", "430", "1800×1800×4200 mm", "IP55"),
                    ("줄어드는 악취", "Odour removed", "72", "%"),
                ),
            ),
        ),
        (("performance", "SAMPLE-PF-0012", "가상성능인증센터", 45, 1050),),
        regions=("전북특별자치도", "전라남도"),
    ),
    Listing(
        "물빛 목소리로 쓰는 실험 보조기",
        "education",
        "말로 시키면 실험 기구 다섯 가지를 대신 움직입니다. 말을 글로도 보여 줍니다.",
        "교사 연수 하루 포함",
        (
            Model(
                "VL-5",
                "99100901",
                27_500_000,
                (
                    ("cloud", "false"),
                    ("api", "true"),
                    ("environment", "Windows, Linux"),
                    ("알아듣는 말", "Spoken commands", "48", ""),
                ),
            ),
        ),
        (("gs", "SAMPLE-GS-203", "가상소프트웨어시험원", 75, 1000),),
    ),
    Listing(
        "해오름 안내 방송 자막기",
        "transport",
        "역과 정류장의 안내 방송을 알아듣고 2초 안에 글로 보여 줍니다. 사투리와 역 이름도 압니다.",
        "설치 별도",
        (
            Model(
                "AC-2",
                "99101001",
                22_000_000,
                (
                    *_device("95", "18", "1600×320×90 mm", "IP65"),
                    ("글로 보이기까지", "Delay", "2", "s"),
                    ("정확도", "Accuracy", "96", "%"),
                ),
            ),
        ),
        (
            ("gs", "SAMPLE-GS-177", "가상소프트웨어시험원", 140, 900),
            ("kc", "SAMPLE-KC-1980", "가상전기안전시험소", 160, 1200),
        ),
        rights=(("design", "30-0000987", "안내 자막 표시기"),),
        pictures=(
            Picture(
                drawings.captioner,
                "승강장 천장에 매달린 긴 자막 표시기, 두 줄의 글이 밝게 보인다",
                "A long caption display hanging from a platform's ceiling, two bright lines of text",
            ),
        ),
        documents=(("specification", "규격서"),),
    ),
)
