"""The pure functions of the search: spelling, letters, keyboard, queries, ranking, marks."""

import hashlib
import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.search import (
    concepts,
    document,
    highlight,
    keyboard,
    korean,
    normalise,
    query,
    ranking,
    spelling,
    thesaurus,
)
from catalog.search.pieces import Pieces

hangul = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=12)
anything = st.text(max_size=60)
of_the_trade = st.sampled_from(list(thesaurus.alike()))
queries = anything | st.lists(of_the_trade | hangul.map(lambda text: text[:2]) | anything, max_size=4).map(
    " ".join
)
"""Any text, and words and phrases of the thesaurus between short words, which hardly any text holds."""


@given(anything)
def test_fold_changes_nothing_the_second_time(text):
    once = normalise.fold(text)
    assert normalise.fold(once) == once


def test_fold_forgets_width_case_accents_and_composition():
    assert normalise.fold("ＡＢ  Café 한글") == "ab cafe 한글"
    assert normalise.fold("\u1112\u1161\u11ab") == "한"
    assert normalise.fold("ﾡ") == "ㄱ"


@pytest.mark.parametrize("plane", range(17))
def test_runs_of_any_character_hold_letters_and_digits_alone(plane):
    characters = map(chr, range(plane << 16, (plane + 1) << 16))
    assert [char for char in characters if not all(run.text.isalnum() for run in normalise.runs(char))] == []


@given(anything)
def test_runs_and_codes_hold_letters_and_digits_alone(text):
    assert all(word.isalnum() for word in [run.text for run in normalise.runs(text)] + normalise.codes(text))


@pytest.mark.parametrize("dot", "·ㆍ・･‧")
def test_dot_parts_words(dot):
    assert [run.text for run in normalise.runs(f"전기{dot}가스")] == ["전기", "가스"]


def test_codes_join_what_signs_part():
    assert normalise.codes("AB-100 and Wi-Fi, PD-2020-0007") == ["ab100", "wifi", "pd20200007"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("sensors", "sensor"), ("purification", "purifier"), ("charging", "charger"), ("batteries", "battery")],
)
def test_stem_is_shared_by_the_kin_of_a_word(one, other):
    assert normalise.stem(one) == normalise.stem(other)


def test_stem_leaves_short_words_alone():
    assert [normalise.stem(word) for word in ("bus", "led", "fire", "ring")] == ["bus", "led", "fire", "ring"]


@given(hangul)
def test_letters_of_a_syllable_make_it_again(text):
    assert "".join(korean.join(*korean.split(char)) for char in text) == text


@given(hangul)
def test_keyboard_layouts_undo_each_other(text):
    """What was typed in Korean, struck in Latin and typed in Korean again is the same."""
    assert keyboard.to_hangul(keyboard.to_latin(text)) == text


@pytest.mark.parametrize(
    ("struck", "meant"),
    [
        ("dkssud", "안녕"),
        ("ekfrrhrl", "닭고기"),
        ("rkqtdl", "값이"),
        ("Ehrqkfh", "똑바로"),
        ("dhksrl", "완기"),
    ],
)
def test_keyboard_writes_hangul(struck, meant):
    assert keyboard.to_hangul(struck) == meant


def test_keyboard_gives_back_the_latin_word():
    assert keyboard.to_latin("ㄱㅐㅠㅐㅅ") == "robot" and keyboard.to_latin("ㅇ개ㅜㄷ") == "drone"


@pytest.mark.parametrize(
    ("word", "noun"),
    [
        ("로봇을", "로봇"),
        ("센서의", "센서"),
        ("하수관에서", "하수관"),
        ("물로", "물로"),
        ("도로", "도로"),
        ("교실은", "교실"),
    ],
)
def test_particles_go_where_enough_remains(word, noun):
    assert korean.without_particle(word) == noun


def test_verbs_made_of_nouns_say_the_noun_alone():
    assert korean.stems("감지하는") == ["감지"]
    assert "지하" not in document.document({"summary": ["새는 물을 감지하는 센서"]}).vector


@given(hangul, st.data())
def test_initials_of_a_name_are_asked_by_what_it_holds(name, data):
    """However many neighbours of it were typed: each lexeme that is asked for is one of the name's."""
    letters = korean.initials(name)
    start = data.draw(st.integers(0, len(letters) - 1))
    typed = letters[start : data.draw(st.integers(start + 1, len(letters)))]
    asked = korean.asked_initials(typed)
    assert len(typed) == 1 or set(asked) <= set(korean.runs_of_initials(letters))
    assert set("".join(asked)) == set(typed)


def test_initials_are_asked_for_together():
    assert korean.asked_initials("ㅎㅅㄱ") == ["ㅎㅅㄱ"]
    assert korean.asked_initials("ㄴㅅㄱㅈㅅ") == ["ㄴㅅㄱㅈ", "ㅅㄱㅈㅅ"]


def test_version_of_documents_is_the_one_of_their_lexemes():
    """Where this fails: raise VERSION, so that what stands in the database is written anew; then write both here."""
    made = document.document(
        {
            "name": ["상수도 누수감지 센서 AB-100", "Leak detection sensors"],
            "kind": ["환경·안전", "漏水・センサー"],
            "summary": ["새는 물을 감지하는 ㅎㅅㄱ 장치"],
            "supplier": ["물길테크"],
            "body": ["배관의 압력을 5 MPa까지 잰다"],
        }
    )
    told = (
        sorted(made.vector.split()),
        sorted(made.head.split()),
        made.texts,
        sorted(thesaurus.alike().items()),
    )
    assert (document.VERSION, hashlib.sha256(repr(told).encode()).hexdigest()[:12]) == (5, "390648fbc084")


def test_partings_of_a_compound():
    assert korean.partings("누수감지") == (("누수", "감지"),)
    assert ("무인", "민원", "발급기") in korean.partings("무인민원발급기")
    assert korean.partings("하수관") == ()


@given(hangul)
def test_partings_join_to_the_word(word):
    assert all("".join(parts) == word for parts in korean.partings(word))


# ── queries ──


@given(queries)
@example("가 물 정화")
@example("전기・가스")
def test_any_query_makes_tsquery_text_that_is_balanced_and_quoted(text):
    reading = query.read(text)
    for asked in (reading.every(), reading.most(), reading.some(), reading.rank()):
        assert asked.count("(") == asked.count(")")
        assert bool(asked) == bool(reading.words)
        assert re.fullmatch(r"(?:'\w+'(?::\*)?|'=\w+'|[ &|()])*", asked), asked
        assert set(re.findall(r"=\w+", asked)) <= set(concepts.named().values())


LONG = "가나다라" * 10
MANY = " ".join(f"{letter}{LONG}" for letter in "마바사아자차카타")
PARTED = " ".join(f"{letter}누수감지하수악취저감" for letter in "마바사아자차카타")


@pytest.mark.parametrize("text", [LONG, MANY, PARTED, "누수감지하수악취 " * 8, "가나다라마바사아자차카타"])
def test_query_of_long_words_stays_small(text):
    reading = query.read(text)
    for asked in (reading.every(), reading.most(), reading.some(), reading.rank()):
        assert 0 < asked.count("'") / 2 <= query.MOST_OPERANDS * 48


def test_partings_of_a_long_word_are_none():
    assert korean.partings("가" * (korean.LONGEST_PARTED + 1)) == ()


def answers(asked: str, lexemes: set[str]) -> bool:
    """Whether a document of these lexemes answers a tsquery."""
    plain = re.sub(r"'(\w+)'(:\*)?", lambda one: str(one.group(1) in lexemes), asked)
    return bool(eval(plain.replace("&", " and ").replace("|", " or ")))


@given(st.integers(4, 9), st.integers(1, 4), st.booleans())
def test_query_of_a_compound_finds_its_parts_in_any_order(size, cut, is_first):
    word = "가나다라마바사아자"[:size]
    cut = min(max(cut, 2), size - 2)
    asked = query.part_query(word)
    parted = {*korean.bigrams(word[:cut]), *korean.bigrams(word[cut:])}
    assert answers(asked, parted) and answers(asked, set(korean.bigrams(word)))
    lost = word[:2] if is_first else word[-2:]
    assert not answers(asked, parted - {lost})


@pytest.mark.parametrize("least", [1, 2, 3, 4, 5])
def test_most_is_at_least_half_of_the_words(least):
    """Against counting, over each set of the words that a document may have."""
    plain = Pieces(thesaurus=False, spacing=False)
    words = "고래 나비 두부 모래 바람".split()[:least]
    asked = query.read(" ".join(words), plain).most()
    for chosen in range(2 ** len(words)):
        has = {word for place, word in enumerate(words) if chosen >> place & 1}
        assert answers(asked, has) == (len(has) >= (len(words) + 1) // 2), (asked, has)


def test_query_of_a_long_text_keeps_what_says_most():
    text = (
        "우리 동네에는 너무 오래 된 길이 많이 있는데 비가 오면 자꾸 미끄러워서 걷기가 힘들어요 특히 겨울에는"
        " 얼어서 위험합니다 그래서 결빙감지 장치를 도로에 설치하고 싶어요"
    )
    kept = [word.text for word in query.read(text).words]
    assert len(kept) == query.MOST_WORDS and "결빙감지" in kept
    assert "힘들어요" not in kept and "너무" not in kept
    said = [word.text for word in query.read(text, known=lambda words: {"도로", "결빙감지"} & {*words}).words]
    assert len(said) == query.MOST_WORDS and {"결빙감지", "도로"} <= {*said}
    assert query.read("로봇", known=lambda words: 1 / 0).words


def test_query_takes_a_word_that_stands_twice_once():
    assert query.read("로봇 로봇 로봇").words == query.read("로봇").words


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("R26PD00000012", "'r26pd00000012':*"),
        ("r26-pd-00000012", "'r26pd00000012':*"),
        ("AB-100", "('ab100':* | ('ab' & '100'))"),
        ("ab100e", "('ab100e':* | ('ab' & '100' & 'e'))"),
    ],
)
def test_query_takes_a_number_as_one_word(typed, asked):
    (word,) = query.read(typed).words
    assert query.word_query(word) == asked


def test_query_asks_for_the_parts_of_a_word_once():
    (word,) = query.read("누수감지").words
    assert query.word_query(word) == f"('{concepts.named()['누수']}' & '{concepts.named()['감지']}')"


def test_query_of_letters_with_signs_is_still_a_phrase():
    assert [word.text for word in query.read("x-ray").words] == ["x ray"]


def test_query_asks_for_a_compound_in_one_piece_or_in_parts():
    plain = Pieces(thesaurus=False)
    # In one piece it has these two pairs as well.
    assert query.read("누수감지", plain).every() == "('누수' & '감지')"
    assert (
        query.read("누수감지", Pieces(compounds=False, thesaurus=False)).every()
        == "('누수' & '수감' & '감지')"
    )


def test_query_asks_for_what_means_the_same():
    asked = f"'{concepts.named()['냄새']}'"
    assert query.read("냄새").every() == asked
    assert query.read("냄새", Pieces(thesaurus=False)).every() == "'냄새'"
    assert asked in query.read("하수냄새").every()
    assert f"'{concepts.named()['cctv']}'" in query.read("surveillance camera").every()


def test_query_asks_for_the_beginning_of_a_word_beside_its_concept():
    """Who is still typing has written no whole word."""
    sensor = f"'{concepts.named()['sensor']}'"
    assert query.read("sensors").every() == f"('sensor':* | {sensor})"
    assert query.read("sens").every() == "'sens':*"
    assert query.read("눈").every().startswith("('눈':* | ")


@pytest.mark.parametrize("word", thesaurus.alike())
def test_concept_is_in_each_document_that_says_it_in_any_way(word):
    """And in none that says something else; what a query would have found by each way is found by the concept."""
    for way in (word, *thesaurus.alike()[word]):
        said = document.document({"summary": [f"우리 동네 {way} 하나"]})
        assert (
            f"'{concepts.named()[word]}':" in said.vector and f"'{concepts.named()[word]}':" in said.head
        ), way
    assert concepts.named()[word] not in document.document({"summary": ["우리 동네 복숭아 하나"]}).vector


def test_concept_has_the_weight_of_the_field_that_says_it():
    said = document.document({"name": ["누수 센서"], "summary": ["leakage"], "body": ["새는 물"]})
    assert f"'{concepts.named()['누수']}':1A,2C,3D" in said.vector.split()
    assert f"'{concepts.named()['누수']}':1A,2C" in said.head.split()


def test_concept_that_only_two_fields_say_together_weighs_as_the_body():
    said = document.document({"name": ["에너지 절약기"], "summary": ["저장 장치"]})
    assert f"'{concepts.named()['ess']}':1D" in said.vector.split() and "ess" not in said.head


def test_words_with_the_same_kin_share_a_concept():
    assert concepts.named()["드론"] == concepts.named()["uav"] != concepts.named()["로봇"]
    kin = {word: frozenset((word, *others)) for word, others in thesaurus.alike().items()}
    assert len(set(concepts.named().values())) == len(set(kin.values()))


def test_generic_words_are_not_required():
    assert "'장치'" not in query.read("누수 감지 장치").every()
    assert "'장치'" in query.read("장치").every()


def test_other_layout_is_offered_where_it_makes_words():
    assert query.other_layout("sntn rkawl").text == "누수 감지"
    assert query.other_layout("robot") is None
    assert query.other_layout("ㄱㅐㅠㅐㅅ").text == "robot"
    assert query.other_layout("sntn", Pieces(keyboard=False)) is None


# ── spelling ──


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("누수깜지", ["누수감지기", "산불"], "누수감지"),
        ("extingisher", ["extinguisher"], "extinguisher"),
        ("키오스쿠", ["키오스크"], "키오스크"),
        ("로봇", ["로봇"], ""),
        ("가나다라", ["하수관로"], ""),
    ],
)
def test_nearest_word(word, known, meant):
    assert spelling.nearest(word, known) == meant


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7))
def test_distance_is_symmetric_and_zero_for_equals_alone(one, other):
    there, back = spelling.distance(one, other, 9), spelling.distance(other, one, 9)
    assert there == back and (there == 0) == (one == other) and there <= max(len(one), len(other))


def test_distance_stops_at_the_most():
    assert spelling.distance("abcdefgh", "zzzzzzzz", 2) == 3 and spelling.distance("ab", "ba", 2) == 1


# ── order and marks ──


def texts(**fields: str) -> list[str]:
    return document.document({name: [text] for name, text in fields.items()}).texts


def test_rank_puts_the_name_before_the_sentence_and_the_word_before_its_part():
    reading = query.read("누수")
    scores = [
        ranking.rank(reading, texts(**fields)).score
        for fields in (
            {"name": "누수 센서"},
            {"name": "누수센서"},
            {"name": "관로누수 센서"},
            {"name": "센서", "summary": "누수 탐지"},
            {"name": "센서", "body": "누수 탐지"},
            {"name": "센서"},
        )
    ]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == len(scores) and scores[-1] == 0


def test_rank_puts_the_whole_number_before_its_beginning():
    reading = query.read("AB-100")
    scores = [ranking.rank(reading, texts(kind=text)).score for text in ("ab100", "AB-1002", "AB 2100")]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 3


def test_rank_says_which_word_stood_where():
    rank = ranking.rank(query.read("맨홀 냄새"), texts(name="맨홀 덮개", summary="악취를 막는다"))
    assert rank.fields == ["name", "summary"]
    assert [(match.word, match.found, match.how) for match in rank.matches] == [
        ("맨홀", "맨홀", "typed"),
        ("냄새", "악취", "alike"),
    ]


def test_highlight_marks_words_parts_and_initials():
    assert highlight.highlight("누수 감지 센서", query.read("누수감지")) == "<mark>누수 감지</mark> 센서"
    assert (
        highlight.highlight("감지기와 누수", query.read("누수감지"))
        == "<mark>감지</mark>기와 <mark>누수</mark>"
    )
    assert highlight.highlight("Leak Sensors", query.read("sensor")) == "Leak <mark>Sensors</mark>"
    assert highlight.highlight("전자칠판", query.read("ㅈㅈㅊㅍ")) == "<mark>전자칠판</mark>"
    assert highlight.highlight("누수", None) == "누수"
    assert highlight.highlight("AB-100", query.read("ab100")) == "<mark>AB-100</mark>"


@given(anything, anything)
def test_highlight_is_safe_and_keeps_the_text(text, words):
    marked = str(highlight.highlight(text, query.read(words)))
    plain = marked.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain
    assert unescape(plain) == text
