"""The regions of Korea that an organisation may name, by the name that is stored."""

from django.utils.translation import gettext_lazy as _

REGIONS = {
    "서울특별시": _("Seoul"),
    "부산광역시": _("Busan"),
    "대구광역시": _("Daegu"),
    "인천광역시": _("Incheon"),
    "광주광역시": _("Gwangju"),
    "대전광역시": _("Daejeon"),
    "울산광역시": _("Ulsan"),
    "세종특별자치시": _("Sejong"),
    "경기도": _("Gyeonggi"),
    "강원특별자치도": _("Gangwon"),
    "충청북도": _("Chungbuk"),
    "충청남도": _("Chungnam"),
    "전북특별자치도": _("Jeonbuk"),
    "전라남도": _("Jeonnam"),
    "경상북도": _("Gyeongbuk"),
    "경상남도": _("Gyeongnam"),
    "제주특별자치도": _("Jeju"),
}
