import pytest

from kiemchung.claims.language import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uống nước chanh chữa được ung thư", "vi"),
        ("uong nuoc chanh chua duoc ung thu", "vi"),
        ("uống nc chanh chữa đc ung thư đó mn", "vi"),
        ("ko dc an mi tom nha mn", "vi"),
        ("Drinking lemon water cures cancer", "en"),
        ("The school was closed because of the storm", "en"),
        ("El agua con limón cura el cáncer según los médicos", "es"),
        ("Der Arzt sagt, dass Zitronenwasser Krebs heilen kann", "de"),
        ("柠檬水可以治疗癌症", "zh"),
        ("Лимонная вода лечит рак", "ru"),
        ("レモン水は癌を治す", "ja"),
        ("น้ำมะนาวรักษามะเร็งได้", "th"),
        ("ok", "und"),
        ("Hà Nội", "und"),
        ("12.5 % 🔥", "und"),
        ("", "und"),
    ],
)
def test_language(text, expected):
    assert language(text) == expected


def test_language_of_common_sentences_needs_no_model():
    import subprocess
    import sys

    program = (
        "import sys; from kiemchung.claims.language import language\n"
        "assert language('Uống nước chanh chữa được ung thư') == 'vi'\n"
        "assert language('Drinking water is good for your health') == 'en'\n"
        "assert 'py3langid' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
