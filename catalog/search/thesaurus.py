"""Words of public purchasing that mean the same or nearly so, in both languages.

Our own list, by no source: words that people use for a thing against those that companies write. A line is one
group; a word stands in the form without particles, a phrase with spaces.
"""

from functools import cache

_GROUPS = """
냄새 | 악취 | odour | odor
탈취 | 악취 | 냄새 | deodorisation
새는 | 누수 | leak | leakage
드론 | 무인기 | 무인 비행체 | 무인 항공기 | drone | uav
로봇 | robot
센서 | 감지기 | 측정기 | sensor | detector
카메라 | camera
cctv | 감시카메라 | 폐쇄회로 | 방범 카메라 | 관제 영상 | surveillance camera
노인 | 어르신 | 고령자 | 독거노인 | elderly | senior
치매 | 인지 저하 | dementia
장애인 | 교통 약자 | disabled
휠체어 | wheelchair
시각장애인 | 시각 장애인 | 맹인 | blind
청각장애인 | 청각 장애인 | 농인 | deaf
수어 | 수화 | sign language
점자 | braille
쓰레기 | 폐기물 | waste | rubbish | garbage | trash
쓰레기통 | 수거함 | waste bin
재활용 | 자원 순환 | 재생 | recycling
음식물 | food waste
분리 | 선별 | 분류 | sorting
낙상 | 넘어짐 | 넘어져 | 쓰러짐 | fall
홍수 | 침수 | 범람 | flood
물막이 | 차수 | 침수 방지 | flood barrier
지진 | earthquake | seismic
산사태 | 사면 | 비탈면 | 급경사지 | landslide | slope
결빙 | 살얼음 | 블랙아이스 | 얼음 | black ice | icing
제설 | 눈 | snow | de icing
폭염 | 무더위 | heat wave
화재 | 불 | fire
소화기 | 소화 | extinguisher
소방 | 진화 | firefighting
산불 | wildfire | forest fire
대피 | 피난 | 탈출 | evacuation
전기차 | 전기 자동차 | ev | electric vehicle
충전기 | 충전 | charger
태양광 | 솔라 | solar | photovoltaic
풍력 | wind power
에너지 저장 | ess | energy storage
가로등 | 보안등 | street light | street lamp
조명 | 전등 | 등기구 | 투광등 | lighting | light | luminaire
횡단보도 | 건널목 | crosswalk
신호등 | 교통 신호 | traffic signal
포트홀 | 노면 파손 | 도로 파임 | pothole
주차 | parking
버스 | bus
자율주행 | autonomous
미세먼지 | 초미세먼지 | 분진 | fine dust
공기청정기 | 공기 정화 | 청정기 | air purifier
살균 | 소독 | 멸균 | disinfection | steriliser
바이러스 | 감염 | virus
환기 | 공기 | air
상수도 | 수도 | 상수 | water supply
하수 | 오수 | sewage | sewer
정수 | 물 정화 | water purification
수질 | water quality
수위 | water level
계측 | 측정 | 재는 | measurement | measuring
감시 | 모니터링 | 예찰 | monitoring | surveillance
점검 | 검사 | 진단 | inspection
탐지 | 감지 | 검출 | 찾는 | 잡아내는 | detection
저감 | 감소 | 제거 | 줄이는 | 막는 | 없애는 | reduction | removal
차단 | 방지 | 예방 | 막는 | prevention
관로 | 배관 | 하수관 | 상수관 | 파이프 | pipe | pipeline
민원 | civil service
키오스크 | 무인 단말 | 무인기기 | kiosk
챗봇 | 상담 인공지능 | chatbot
인공지능 | ai | artificial intelligence
가상현실 | vr | virtual reality
증강현실 | ar | augmented reality
엑스선 | 엑스레이 | x ray | xray
초음파 | ultrasound
혈당 | glucose
심장 충격기 | 제세동기 | aed | defibrillator
돌봄 | 요양 | 간병 | care
말벗 | 반려 | companion
학교 | 교실 | 학급 | school | classroom
급식 | 조리 | school meal
학습 | 교육 | 훈련 | education | training | learning
층간 소음 | 소음 | noise
화장실 | 변기 | toilet
몰래카메라 | 몰카 | 불법 촬영 | hidden camera
비상벨 | 호출벨 | emergency bell
농약 | 방제 | pesticide
스마트팜 | 온실 | smart farm | greenhouse
가축 | 축산 | livestock
양식장 | 어장 | fish farm
클라우드 | cloud
개인정보 | personal data
비식별 | 가림 | 마스킹 | anonymisation | redaction
"""

GENERIC = frozenset(
    "장치 시스템 제품 설비 장비 기기 솔루션 플랫폼 서비스 기술 혁신 프로그램 기구 도구 용 형 및 등"
    " 위한 때문에 있는 없는 좋은 필요 이용 활용 사용 가능 것 수 곳 우리 너무 자꾸 많이 아무도"
    " 해결 문제 방법 찾습니다 싶어요 주세요 있어요 합니다 됩니다"
    " system device product equipment solution platform service technology unit"
    " the a an of for in on to and or with that is we our need want how which".split()
)
"""Words that say little about which product is meant: they add to the rank and are never required."""
SENTENCE_ENDS = tuple(
    "니다 어요 아요 해요 워요 려요 라요 와요 져요 네요 세요 까요 이요"
    " 어서 아서 라서 해서 워서 러서 는데 인데 지만 니까 거나 려고".split()
)
"""Endings of predicates. A long text has many, and they say less than its nouns."""


@cache
def alike() -> dict[str, tuple[str, ...]]:
    """Each word or phrase with those of its groups."""
    found: dict[str, list[str]] = {}
    for line in _GROUPS.strip().splitlines():
        words = [word.strip() for word in line.split("|")]
        for word in words:
            found.setdefault(word, []).extend(other for other in words if other != word)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


LONGEST_PHRASE = 3
"""Words in the longest phrase."""
