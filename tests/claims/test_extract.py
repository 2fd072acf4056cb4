import unicodedata

import pytest
from hypothesis import given

from kiemchung.claims.extract import find_claims
from kiemchung.embed import open_embedder
from kiemchung.model import ClaimLabel
from tests.claims.test_clean import MESSAGES

CHAIN = (
    "‼️ TIN NÓNG: Uống nước chanh mỗi sáng chữa khỏi ung thư, và mật ong làm tan sỏi thận trong 7 ngày!!! 🔥🔥\r\n"
    "Chia sẻ ngay cho mọi người 🙏\r\nMấy giờ siêu thị đóng cửa?"
)


@given(MESSAGES)
def test_claims_stand_in_the_message_as_handed_in(message):
    last = 0
    for claim in find_claims(message):
        assert message[claim.start : claim.end] == claim.text
        assert last <= claim.start < claim.end
        last = claim.end


def test_find_claims_of_a_forwarded_message(model_data_dir):
    claims = find_claims(CHAIN, open_embedder("ct2", model_data_dir))
    assert [(claim.text, claim.label) for claim in claims] == [
        ("Uống nước chanh mỗi sáng chữa khỏi ung thư", ClaimLabel.CHECKABLE),
        ("mật ong làm tan sỏi thận trong 7 ngày!!!", ClaimLabel.CHECKABLE),
        ("Chia sẻ ngay cho mọi người", ClaimLabel.OTHER),
        ("Mấy giờ siêu thị đóng cửa?", ClaimLabel.QUESTION),
    ]
    assert {claim.language for claim in claims} == {"vi"}


def test_find_claims_takes_a_quoted_claim_out_of_an_opinion(model_data_dir):
    frame = "Nhưng điều làm tôi chú ý là mẩu tin mà khách trên ghe chuyền tay nhau"
    said = "Uống nước dừa pha muối hột mỗi sáng sẽ tan sỏi thận sau 7 ngày, bác sĩ bệnh viện tỉnh đã chứng minh."
    claims = find_claims(f'{frame}: "{said}" Tôi thì thấy hơi sợ.', open_embedder("ct2", model_data_dir))
    assert [(claim.text, claim.label is ClaimLabel.CHECKABLE) for claim in claims] == [
        (frame, False),
        (said, True),
        ("Tôi thì thấy hơi sợ.", False),
    ]


def test_find_claims_leaves_a_quoted_opinion_in_its_sentence(model_data_dir):
    message = 'Tôi thích nhất câu: "Sống là không chờ đợi, hãy cứ yêu đi khi còn có thể"'
    claims = find_claims(message, open_embedder("ct2", model_data_dir))
    assert [(claim.text, claim.label) for claim in claims] == [(message, ClaimLabel.OPINION)]


def test_find_claims_of_decomposed_text_finds_the_same():
    composed = find_claims(CHAIN)
    decomposed = find_claims(unicodedata.normalize("NFD", CHAIN))
    assert [unicodedata.normalize("NFC", claim.text) for claim in decomposed] == [claim.text for claim in composed]
    assert [claim.label for claim in decomposed] == [claim.label for claim in composed]


def test_find_claims_leaves_a_question_whole():
    message = "Nước chanh chữa ung thư, và mật ong làm tan sỏi thận?"
    assert [claim.text for claim in find_claims(message)] == [message]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("OMG did you know bananas are berries??", "bananas are berries"),
        ("Did you know that rice dries a wet phone best?", "rice dries a wet phone best"),
        ("Bạn có biết mật ong không bao giờ hỏng?", "mật ong không bao giờ hỏng"),
        ("Cả nhà biết là nước chanh làm tan sỏi thận?!", "nước chanh làm tan sỏi thận"),
        ("ban co biet mat ong de 3000 nam van an duoc?", "mat ong de 3000 nam van an duoc"),
    ],
)
def test_find_claims_takes_what_a_question_tells_without_the_question(message, told):
    assert [claim.text for claim in find_claims(message)] == [told]


@pytest.mark.parametrize(
    "message",
    [
        "Do you know where the library is?",
        "Did you know him?",
        "Bạn có biết vì sao mèo kêu rừ rừ không?",
        "Mọi người có biết uống nước chanh giảm 3kg một tuần không?",
        "Is it true that microwaves destroy vitamins?",
    ],
)
def test_find_claims_leaves_what_asks_whole(message):
    assert [claim.text for claim in find_claims(message)] == [message]


def test_find_claims_names_no_author_and_no_tags():
    message = (
        "[10:32, 3/8/2025] Mẹ Bống: Trường có 2 bạn bị sốt xuất huyết #truonghoc #dich\nRT @lan: Cầu Ván sập nhịp giữa"
    )
    assert [claim.text for claim in find_claims(message)] == [
        "Trường có 2 bạn bị sốt xuất huyết",
        "Cầu Ván sập nhịp giữa",
    ]


def test_find_claims_of_nothing():
    assert find_claims("") == []
    assert find_claims(" \n🔥\u200b") == []
