"""Numbers in a text, however they are written: "2tr", "hai triệu" and "two million" are the same quantity."""

import re
from typing import NamedTuple

from kiemchung.lookup.dates import dates
from kiemchung.lookup.remembered import remembered
from kiemchung.text import normalise

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[%‰°$]|[一二两三四五六七八九十百千万亿]|[^\W\d一二两三四五六七八九十百千万亿]+")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")

_ONES: dict[str, float] = {}
for _words in (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen",
    "không một hai ba bốn năm sáu bảy tám chín mười",
    "cero - dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
    "zéro - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "null - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas",
    "zero - dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze",
    "零 一 二 三 四 五 六 七 八 九 十",
):
    _ONES.update({word: float(i) for i, word in enumerate(_words.split()) if word not in {"-", "không", "zero"}})
_ONES |= {
    "两": 2.0,
    "duas": 2.0,
    "mốt": 1.0,
    "lăm": 5.0,
    "tư": 4.0,
    "bẩy": 7.0,
    "dozen": 12.0,
    "sixteen": 16.0,
    "tá": 12.0,
}
_TENS = {
    word: float(10 * (i + 2))
    for words in (
        "twenty thirty forty fifty sixty seventy eighty ninety",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "vingt trente quarante cinquante soixante",
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
        "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    )
    for i, word in enumerate(words.split())
}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "mn": 1e6, "bn": 1e9,
    "trăm": 1e2, "nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tr": 1e6, "củ": 1e6, "tỷ": 1e9, "tỉ": 1e9, "k": 1e3,
    "ng": 1e3,
    "mươi": 10.0, "chục": 10.0, "vạn": 1e4,
    "ciento": 1e2, "cien": 1e2, "cientos": 1e2, "mil": 1e3, "millón": 1e6, "millones": 1e6, "cent": 1e2, "cents": 1e2,
    "mille": 1e3, "millions_fr": 1e6, "hundert": 1e2, "tausend": 1e3, "millionen": 1e6, "puluh": 10.0, "ratus": 1e2,
    "ribu": 1e3, "juta": 1e6, "belas": 0.0, "cem": 1e2, "milhão": 1e6, "milhões": 1e6,
    "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8,
}  # fmt: skip
#: Scales that are numbers without another before them.
_LONE_SCALES = frozenset({"百", "千", "mil", "ribu", "cien", "mille", "hundert", "tausend"})
_TIMES = {
    "twice": 2.0, "double": 2.0, "doubles": 2.0, "doubled": 2.0, "triple": 3.0, "half": 0.5, "halves": 0.5,
    "gấp_đôi": 2.0, "nửa": 0.5, "phân_nửa": 0.5, "doppelt": 2.0, "verdoppelt": 2.0, "doble": 2.0, "duplica": 2.0, "dobro": 2.0,
    "mitad": 0.5,
    "metade": 0.5, "moitié": 0.5, "hälfte": 0.5, "setengah": 0.5,
}  # fmt: skip
#: unit word -> (what is measured, factor to its base unit)
_UNITS: dict[str, tuple[str, float]] = {}
for _kind, _factor, _names in (
    ("share", 1.0, "% percent per_cent phần_trăm pct porcentaje prozent persen pourcent"),
    ("share", 10.0, "tenth"),
    ("length", 1.0, "m metre meter metres meters mét thước metro metros mètre mètres meter_de"),
    (
        "length",
        1e3,
        "km kilometre kilometer kilometres kilometers cây_số ki_lô_mét kilómetros kilomètres quilômetros kmh",
    ),
    ("length", 0.01, "cm centimetre centimetres centimeter centimeters xăng_ti_mét phân"),
    ("length", 0.001, "mm millimetre millimetres millimeter mi_li_mét li"),
    ("length", 0.3048, "ft foot feet"),
    ("length", 1609.0, "mile miles dặm"),
    ("mass", 1.0, "kg kilo kilos kilogram kilograms ký kí cân ki_lô_gam ki_lô kilogramos kilogrammes"),
    ("mass", 0.001, "g gram grams gam gramos grammes"),
    ("mass", 1e-6, "mg milligram milligrams mi_li_gam"),
    ("mass", 1e3, "ton tons tonne tonnes tấn"),
    ("volume", 1.0, "l litre liter litres liters lít litros litres"),
    ("volume", 0.001, "ml millilitre millilitres mi_li_lít"),
    ("heat", 1.0, "° degree degrees độ độc_c grados degrés grad derajat graus"),
    ("time", 1.0, "s sec second seconds giây segundos secondes sekunden detik segundos"),
    ("time", 60.0, "min mins minute minutes phút minutos minuten menit"),
    ("time", 3600.0, "h hr hrs hour hours giờ tiếng hora horas heure heures stunde stunden jam"),
    ("time", 86400.0, "day days ngày hôm día días jour jours tag tage hari dia dias"),
    ("time", 604800.0, "week weeks tuần semana semanas semaine semaines woche wochen minggu"),
    ("time", 2629800.0, "month months tháng mes meses mois monat monate bulan mês"),
    ("time", 31557600.0, "year years yr yrs yo năm tuổi año años an ans jahr jahre jahren tahun ano anos"),
    ("money", 1.0, "$ dollar dollars đô đô_la usd dólares"),
    ("dong", 1.0, "đồng đ vnd vnđ"),
    ("times", 1.0, "times lần fois veces mal kali vezes"),
):
    _UNITS.update(dict.fromkeys(_names.split(), (_kind, _factor)))
#: After these, "năm" is the number five and not "year".
_COUNTED = """phần phần_trăm nghìn ngàn triệu trăm mươi ký kí mét cái con người phút giờ tiếng ngày tháng tuần lần quả
    trái tỉnh lít độ đô đô_la chiếc giây gam cây_số thẻ loại bước điều cách lý cân kg"""
_COUNTED_BY_FIVE = frozenset(_COUNTED.split())
_FIRST_WORDS = frozenset({"năm", *_ONES, *_TENS, *_TIMES, *_LONE_SCALES})
_COMPOUNDS = (
    "phần trăm", "gấp đôi", "phân nửa", "cây số", "ki lô mét", "ki lô gam", "ki lô", "xăng ti mét", "mi li mét",
    "mi li gam", "mi li lít", "đô la", "per cent",
)  # fmt: skip


class Quantity(NamedTuple):
    """A number with what it measures.

    Attributes:
        value: in the base unit of `kind` (metre, kilogram, second, litre, percent); as written where `kind` is "".
        kind: length, mass, time, share, heat, volume, money, dong, times, day or month of a date, or "" for a bare number.
        written: as it stands in the text, for the reason given to the reader.
    """

    value: float
    kind: str
    written: str


@remembered(4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text, those of dates first, in order; a bare "one" is no number."""
    text, of_dates = dates(normalise(normalise(text).casefold().replace("-", " ").replace("‐", " ")))
    for compound in _COMPOUNDS:
        text = text.replace(compound, compound.replace(" ", "_"))
    tokens = _TOKEN.findall(text)
    found = [Quantity(float(value), kind, written) for value, kind, written in of_dates]
    i = 0
    while i < len(tokens):
        if tokens[i] not in _FIRST_WORDS and not tokens[i][0].isdigit():  # most words; quicker than to try them
            i += 1
            continue
        value, after = _number(tokens, i)
        if value is None:
            i += 1
            continue
        unit = tokens[after] if after < len(tokens) else ""
        kind, factor = _UNITS.get(unit, ("", 1.0))
        if tokens[i] in _TIMES:
            kind, factor, unit = "times", 1.0, ""
        if not kind and i and tokens[i - 1] == "$":
            kind = "money"
        written = " ".join(tokens[i : after + (1 if unit and kind else 0)]).replace("_", " ")
        if kind or value != 1:
            found.append(Quantity(value * factor, kind, written))
        i = max(after, i + 1)
    return tuple(found)


def same(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities say the same: one value in one unit, or one bare value."""
    if abs(a.value - b.value) > 0.01 * max(abs(a.value), abs(b.value)):
        return False
    return not a.kind or not b.kind or a.kind == b.kind or {a.kind, b.kind} <= {"money", "dong"}


def _number(tokens: list[str], start: int) -> tuple[float | None, int]:
    """Value of the number that starts at a word and the index after it; None where there is none."""
    total, current, i, seen = 0.0, 0.0, start, False
    while i < len(tokens):
        word = tokens[i]
        if _DIGITS.fullmatch(word):
            if seen and i > start:
                break
            current, seen = _digits(word), True
        elif word in _TIMES and not seen:
            return _TIMES[word], i + 1
        elif word == "năm" and not _is_five(tokens, i):
            break
        elif word in _ONES:
            if seen and current % 10 != 0:
                break
            current, seen = current + _ONES[word], True
        elif word in _TENS:
            current, seen = current + _TENS[word], True
        elif word in _SCALES and (seen or word in _LONE_SCALES):
            if word == "ng" and not _DIGITS.fullmatch(tokens[i - 1]):
                break
            scale = _SCALES[word]
            current = (current or 1.0) * scale if scale else current + 10
            if scale >= 1e3:
                total, current = total + current, 0.0
            seen = True
        elif word == "rưỡi" and seen and total:
            total *= 1.5
        elif word in {"and", "y", "und", "linh", "lẻ", "e"} and seen and i + 1 < len(tokens) and tokens[i + 1] in _ONES:
            pass
        else:
            break
        i += 1
    return (total + current, i) if seen else (None, start)


def _is_five(tokens: list[str], i: int) -> bool:
    """`năm` is five before a counted noun and after `mươi`; otherwise it is "year"."""
    following = tokens[i + 1] if i + 1 < len(tokens) else ""
    before = tokens[i - 1] if i else ""
    return following in _COUNTED_BY_FIVE and before not in {"mỗi", "một", "hằng", "hàng"} and not before.isdigit()


def _digits(token: str) -> float:
    """`3.000` and `3,000` are three thousand, `1,5` and `1.5` one and a half."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", token) and not token.startswith("0"):
        return float(re.sub(r"[.,]", "", token))
    parts = re.split(r"[.,]", token)
    return float(parts[0] + "." + "".join(parts[1:])) if len(parts) > 1 else float(token)
