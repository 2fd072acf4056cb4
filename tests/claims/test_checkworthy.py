from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from kiemchung.claims.checkworthy import label_sentences, may_be_claim, may_open_request, packaged_model
from kiemchung.claims.features import CUE_NAMES, N_HASHED
from kiemchung.claims.labelled import read_sentences
from kiemchung.claims.measure import measure_labels
from kiemchung.embed import open_embedder
from kiemchung.model import Claim, ClaimLabel

TRAINING = Path(__file__).resolve().parents[2] / "training"


@pytest.fixture(scope="module")
def embedder(model_data_dir):
    return open_embedder("ct2", model_data_dir)


def claim(text, label=ClaimLabel.CHECKABLE, confidence=0.99):
    return Claim(text, 0, len(text), "vi", label, confidence, 0.5)


def test_label_sentences_gives_probabilities(embedder):
    for found in label_sentences(["Nước sôi ở 100 độ.", "Phim này hay quá!", "a", "x" * 5000], embedder):
        assert 0.25 <= found.confidence <= 1
        assert 0 <= found.checkworthiness <= 1


def test_label_sentences_of_nothing():
    assert label_sentences([]) == []
    assert [found.label for found in label_sentences(["", "🔥🔥", "Chia sẻ ngay!!!"])] == [ClaimLabel.OTHER] * 3


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Ăn mít ban đêm làm tăng đường huyết gấp đôi.", ClaimLabel.CHECKABLE),
        ("an mit ban dem lam tang duong huyet gap doi", ClaimLabel.CHECKABLE),
        ("Theo mình thì mít ngon hơn sầu riêng.", ClaimLabel.OPINION),
        ("Ăn mít ban đêm có béo không ạ?", ClaimLabel.QUESTION),
        ("Chúc cả nhà một ngày tốt lành nhé!", ClaimLabel.OTHER),
        ("Eating jackfruit at night doubles your blood sugar.", ClaimLabel.CHECKABLE),
        ("I think jackfruit tastes better than durian.", ClaimLabel.OPINION),
        ("Does jackfruit make you fat?", ClaimLabel.QUESTION),
        ("Thank you all and have a great day!", ClaimLabel.OTHER),
    ],
)
def test_label_of_a_plain_sentence(embedder, text, label):
    assert label_sentences([text], embedder)[0].label is label


def test_label_does_not_hang_on_the_other_sentences(embedder):
    texts = ["Nước sôi ở 100 độ.", "Phim này hay quá!", "Mấy giờ rồi?"]
    together = label_sentences(texts, embedder)
    assert [found.label for found in together] == [label_sentences([text], embedder)[0].label for text in texts]


def test_of_many_sentences_those_most_worth_checking_are_embedded_once(embedder):
    class Counting:
        name, asked = embedder.name, ()

        def queries(self, texts):
            self.asked += tuple(texts)
            return embedder.queries(texts)

        def read_again(self, texts):
            return embedder.read_again(texts)

    texts = [
        "Phim hay.",
        "Uống nước ổi chữa khỏi 3 bệnh ung thư.",
        "Chào bạn nhé.",
        "Uống nước ổi chữa khỏi 3 bệnh ung thư.",
    ]
    told = label_sentences(texts, counting := Counting(), most_embedded=1)
    assert counting.asked == (texts[1],)
    assert told[1] == told[3] == label_sentences(texts[1:2], embedder)[0]
    assert told[0] == label_sentences(texts[:1])[0]


def test_labels_of_the_test_half_reach_what_the_package_declares(embedder):
    rows = read_sentences((TRAINING / "sentences/test.tsv").read_text(encoding="utf-8").splitlines(), "test.tsv")[::6]
    told = [found.label for found in label_sentences([row.text for row in rows], embedder)]
    measured = measure_labels([row.label for row in rows], told)
    assert measured.f1[ClaimLabel.CHECKABLE] > 0.9
    assert measured.macro_f1 > 0.88
    assert measured.opinions_called_checkable < 0.1


@pytest.mark.parametrize(
    "refused",
    [
        claim("Phim này hay nhất năm nay.", ClaimLabel.OPINION),
        claim("Nước chanh chữa ung thư.", confidence=0.5),
        claim("Theo tôi nước chanh chữa được ung thư."),
        claim("I think lemon water cures cancer."),
        claim("Nước chanh chữa ung thư?"),
        claim("ung thư"),
        claim("Người tuổi Thìn năm nay gặp quý nhân."),
        claim("Mạng chậm tới mức gửi thư nhanh hơn."),
        claim("The team will win the cup 3-0 next year."),
        claim("Đội tuyển sẽ vô địch với tỷ số 3-0."),
    ],
)
def test_no_request_opens_on_what_is_not_surely_a_statement(refused):
    assert not may_open_request(refused)


@pytest.mark.parametrize(
    "text",
    [
        "Nước chanh chữa được ung thư.",
        "Bão số 12 làm sập cây cầu dài nhất thành phố.",
        "Cầu tạm sẽ đóng cửa từ ngày 12 tháng 5.",
        "The plant will close next month.",
        "Sân vận động Hoà Bình khoá cổng tuần trước.",
        "Doanh nghiệp đó bán 40 tấn gạo hôm qua.",
    ],
)
def test_a_request_opens_on_a_sure_statement(text):
    assert may_open_request(claim(text))


def test_packaged_model_is_small():
    assert len(files("kiemchung.claims").joinpath("data/checkworthy.npz").read_bytes()) < 300_000


def test_packaged_model_has_the_shape_of_the_features():
    model = packaged_model()
    for weights in (model.full, model.lexical):
        assert weights.ngrams.shape == (4, N_HASHED)
        assert weights.cues.shape == (4, len(CUE_NAMES))
        assert all(np.isfinite(part).all() for part in weights)
    assert model.full.embedding.shape == (4, 384)


def test_training_halves_share_no_sentence():
    halves = [
        {row.text for row in read_sentences((TRAINING / f"sentences/{half}.tsv").read_text("utf-8").splitlines(), half)}
        for half in ("train", "test")
    ]
    assert not halves[0] & halves[1]
    assert sum(map(len, halves)) >= 1200


@pytest.mark.parametrize(
    ("label", "confidence", "text", "looked_up"),
    [
        (ClaimLabel.OTHER, 0.99, "Điền phiếu nhận hai vé máy bay", True),
        (ClaimLabel.OPINION, 0.6, "Sông này dài nhất thế giới luôn", True),
        (ClaimLabel.OPINION, 0.95, "Chạm vào cóc là mọc mụn, ghê lắm", True),
        (ClaimLabel.OPINION, 0.97, "Phim này hay nhất thế giới", False),
        (ClaimLabel.QUESTION, 0.6, "dơi mù mà có thấy gì đâu", True),
        (ClaimLabel.QUESTION, 0.6, "Dơi có mù không?", False),
        (ClaimLabel.CHECKABLE, 0.6, "Dơi bị mù.", False),
    ],
)
def test_doubtful_statements_are_looked_up(label, confidence, text, looked_up):
    assert may_be_claim(claim(text, label, confidence)) is looked_up


#: Opinions dressed as facts, with numbers, about the future, of belief, of persons: none may open a request.
DRESSED = [
    "Sự thật là phim này dở.",
    "100% người Việt biết rằng phở là món ngon nhất.",
    "Bộ phim dài 120 phút này chán không chịu nổi.",
    "Khoa học chứng minh Hà Nội đẹp hơn Sài Gòn.",
    "Theo thống kê, 90% người yêu mèo là người tốt.",
    "Năm 2030 robot sẽ thay hết bác sĩ.",
    "Đội tuyển sẽ vô địch năm sau với tỷ số 3-0.",
    "Bác sĩ nói phở ngon hơn bún.",
    "Thống kê cho thấy ông ấy là giám đốc tệ nhất lịch sử công ty.",
    "Uống nước chanh chữa ung thư và phim này hay nhất năm.",
    "It is a proven fact that this film is terrible.",
    "According to statistics, 100% of people agree that pizza is best.",
    "By 2030 robots will have replaced every doctor.",
    "Data shows he is the worst manager in the firm's history.",
    "The new mayor is incompetent and a disgrace.",
    "Only God can cure cancer.",
]


def test_opinions_dressed_as_facts_open_no_request(embedder):
    found = zip(DRESSED, label_sentences(DRESSED, embedder), strict=True)
    assert [text for text, told in found if may_open_request(Claim(text, 0, len(text), "vi", *told))] == []


def test_few_opinions_of_the_test_half_may_open_a_request(embedder):
    rows = read_sentences((TRAINING / "sentences/test.tsv").read_text(encoding="utf-8").splitlines(), "test.tsv")
    opinions = [row.text for row in rows if row.label is ClaimLabel.OPINION][::4]
    told = label_sentences(opinions, embedder)
    opened = [
        text for text, label in zip(opinions, told, strict=True) if may_open_request(Claim(text, 0, 1, "vi", *label))
    ]
    assert len(opened) <= 0.03 * len(opinions), opened
