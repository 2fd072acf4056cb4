import pytest

from kiemchung.claims.clauses import split_claims
from kiemchung.claims.split import Span


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nước chanh chữa ung thư, và mật ong làm tan sỏi thận.", ["Nước chanh chữa ung thư", "mật ong làm tan sỏi thận."]),
        ("Nuoc chanh chua ung thu, va mat ong lam tan soi than", ["Nuoc chanh chua ung thu", "mat ong lam tan soi than"]),
        ("Uống nước chanh chữa ung thư, và làm đẹp da.", ["Uống nước chanh chữa ung thư, và làm đẹp da."]),
        ("Sữa chua tốt cho ruột; trà xanh giúp giảm cân nhanh.", ["Sữa chua tốt cho ruột", "trà xanh giúp giảm cân nhanh."]),
        ("Người lớn cần ngủ 7 tiếng, còn trẻ sơ sinh thì cần 16 tiếng.", ["Người lớn cần ngủ 7 tiếng", "trẻ sơ sinh thì cần 16 tiếng."]),
        ("Nếu sốt cao thì uống thuốc, còn trẻ em thì nên đi khám.", ["Nếu sốt cao thì uống thuốc, còn trẻ em thì nên đi khám."]),
        ("Lemon juice cures colds, while honey kills the bacteria.", ["Lemon juice cures colds", "honey kills the bacteria."]),
        ("Coffee is bad for you, but it tastes good.", ["Coffee is bad for you, but it tastes good."]),
        ("I love apples, oranges, and pears.", ["I love apples, oranges, and pears."]),
        ("Tỏi chữa được ung thư đó, mà mình thấy xạo quá.", ["Tỏi chữa được ung thư đó", "mà mình thấy xạo quá."]),
        ("They say garlic cures cancer, but I doubt it.", ["They say garlic cures cancer", "but I doubt it."]),
        ("Nếu uống nước đá sau bữa ăn, mình thấy lạnh bụng.", ["Nếu uống nước đá sau bữa ăn, mình thấy lạnh bụng."]),
        ("Vì trời mưa, và đường bị ngập, xe không đi được.", ["Vì trời mưa, và đường bị ngập, xe không đi được."]),
    ],
)  # fmt: skip
def test_split_claims(sentence, expected):
    found = split_claims(sentence, Span(0, len(sentence)))
    assert [sentence[start:end] for start, end in found] == expected
