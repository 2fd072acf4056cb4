"""Made-up published checks in any number, and messages that repeat them. `python -m benchmarks.made_up N FILE.ndjson`.

Our own templates in six families (health, food, scams, weather, science, everyday life), half Vietnamese and half
English. Every check is a ClaimReview as a desk would publish it; equal numbers give equal bytes, and the checks of a
smaller number are the first ones of a larger number.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

LANGUAGES = ("vi", "en")

#: What fills the places in the templates, by language.
SLOTS = {
    "vi": {
        "food": """nước chanh nóng|nước dừa non|trà gừng mật ong|lá đu đủ|tỏi đen|hạt chia|sữa đậu nành|cà phê đen|
            rau muống|quả bơ|mướp đắng|nấm linh chi|tinh bột nghệ|giấm táo|nước muối loãng|trứng gà sống|dầu dừa|
            lá ổi non|gạo lứt rang|khoai lang tím|nước ép cần tây|rong biển khô|hành tây sống|lá tía tô|bột sắn dây|
            quả lựu|mật ong rừng|nước lá vối|đậu đen xanh lòng|sữa chua nếp cẩm|vỏ cam phơi khô|hạt é ngâm""",
        "thing": """lò vi sóng|nồi nhôm cũ|chai nhựa để trong ô tô|bộ phát wifi|trạm phát sóng 5G|tai nghe không dây|
            nồi chiên không dầu|máy sấy tóc|đèn LED trắng|pin dự phòng|màng bọc thực phẩm|hộp xốp đựng cơm|bếp từ|
            nước rửa bát|thuốc nhuộm tóc|kem đánh răng than tre|áo chống nắng|quạt phun sương|máy lọc nước|gối cao su""",
        "cures": """chữa khỏi ung thư dạ dày|làm giảm đường huyết|diệt vi rút cúm|làm tan mỡ bụng|chữa được đau khớp|
            giúp ngủ sâu|hạ huyết áp|làm sáng mắt|làm chậm lão hóa|tăng sức đề kháng|giúp trẻ cao thêm|chữa hen suyễn|
            thải độc phổi|làm tan sỏi thận|trị dứt viêm xoang|ngừa đột quỵ|làm liền xương|chữa rụng tóc""",
        "harms": """gây sỏi thận|gây vô sinh ở nam giới|gây đột quỵ|làm hỏng gan|gây ngộ độc cấp|làm rụng tóc|
            gây mất trí nhớ|chứa kim loại nặng|phá hủy men răng|gây dị ứng nặng|làm máu loãng|gây nhiễm ký sinh trùng|
            gây ung thư tuyến giáp|làm mù mắt|gây sảy thai|làm tim đập loạn nhịp|gây viêm phổi|làm giòn xương""",
        "place": """Hà Nội|Huế|Đà Nẵng|Cần Thơ|Nghệ An|Đắk Lắk|Cà Mau|Lào Cai|Hải Phòng|Kon Tum|Bến Tre|Sơn La|
            Phú Yên|Nam Định|Quảng Ngãi|Thái Bình|Tây Ninh|Lạng Sơn|Vũng Tàu|Đồng Tháp""",
        "who": """một bác sĩ giấu tên|một bài đăng được chia sẻ nhiều|một nghiên cứu mới|đoạn phim lan truyền|
            tin nhắn trong nhóm phụ huynh|một tờ rơi|người bán hàng trên mạng|một đoạn ghi âm""",
        "lure": """tin nhắn trúng thưởng|cuộc gọi báo khóa tài khoản|mã QR dán ở quán ăn|đường dẫn nhận quà|
            thư báo bưu kiện|trang bán vé giả|ứng dụng cho vay nhanh|lời mời làm cộng tác viên|cuộc gọi từ đầu số lạ|
            trang đổi điểm thưởng|nhóm đầu tư tiền số|bài đăng cho chó cảnh""",
        "theft": """lấy hết tiền trong tài khoản|đánh cắp danh bạ|cài phần mềm theo dõi|chiếm tài khoản mạng xã hội|
            trừ {n} nghìn đồng mỗi phút|chụp lại mật khẩu|đòi đặt cọc {n} triệu đồng|ghi âm giọng nói để vay tiền""",
        "weather": """bão số {m}|đợt nắng nóng|mưa đá|lốc xoáy|triều cường|sương muối|đợt rét đậm|lũ ống|động đất nhẹ|
            mưa axit""",
        "wrecks": """làm sập {n} căn nhà|cuốn trôi {n} con trâu|làm mất điện {n} xã|kéo dài {m} tuần liền|
            làm nhiệt độ lên {n} độ|khiến {n} trường đóng cửa|làm hỏng {n} cây cầu|làm chết {n} tấn cá""",
        "animal": """cá voi xanh|dơi|kiến lửa|gà trống|bạch tuộc|rùa biển|muỗi|ong mật|voi|mèo nhà|chim cánh cụt|
            tắc kè|cá heo|rắn hổ mang|lạc đà|chó|quạ|bò sữa""",
        "ability": """nhớ được đường đi sau {n} năm|ngủ {m} giờ mỗi ngày|nhịn khát {n} ngày|nghe được tiếng động cách {n} cây số|
            có {m} trái tim|nhận ra {n} khuôn mặt|sống tới {n} tuổi|bơi {n} cây số không nghỉ|không biết đau|
            chỉ thấy hai màu đen trắng""",
        "body": """Sao Hỏa|Mặt Trăng|Trái Đất|Sao Kim|một sao chổi|trạm vũ trụ|Sao Thổ|Mặt Trời""",
        "event": """to bằng cái mâm|che mất ánh sáng trong {n} phút|đi qua cách Trái Đất {n} nghìn cây số|đổi màu đỏ|
            quay chậm lại {n} giây|phát ra tiếng động lạ|làm thủy triều dâng {m} mét""",
        "rule": """đổi bằng lái xe|nộp phạt nguội|đăng ký tạm trú|làm hộ chiếu|mua bảo hiểm xe máy|cấp lại sim|
            lắp công tơ điện|xin cấp nước sạch|đăng ký học lớp một|đi tàu hỏa""",
        "change": """tốn thêm {n} nghìn đồng|phải chờ {n} ngày|chỉ làm được vào thứ hai|được miễn phí cho người trên {n} tuổi|
            bị hủy nếu trễ {m} ngày|phải có ảnh chụp trong {m} tháng""",
        "verdict": "Sai|Sai một phần|Thiếu căn cứ|Đúng|Gây hiểu lầm",
    },
    "en": {
        "food": """hot lemon water|green coconut water|ginger tea with honey|papaya leaf juice|black garlic|chia seed|soy milk|
            black coffee|water spinach|avocado|bitter melon|lingzhi mushroom|turmeric powder|apple vinegar|salt water|
            raw egg|coconut oil|guava leaf tea|roasted brown rice|purple sweet potato|celery juice|dried seaweed|raw onion|
            perilla leaf|arrowroot powder|pomegranate|wild honey|barley tea|black beans|fermented rice|dried orange peel|
            basil seed""",
        "thing": """a microwave oven|old aluminium cookware|bottled water left in a car|home wifi|a 5G mast|wireless earphones|
            an air fryer|a hair dryer|white LED light|a power bank|cling film|a foam lunch box|an induction hob|
            dish soap|hair dye|charcoal toothpaste|sun-proof clothing|a misting fan|a water filter|a latex pillow""",
        "cures": """cures stomach cancer|lowers blood sugar|kills the flu virus|melts belly fat|heals joint pain|
            brings deep sleep|lowers blood pressure|sharpens eyesight|slows ageing|strengthens immunity|
            makes children taller|cures asthma|detoxifies the lungs|dissolves kidney stones|ends sinus infections|
            prevents strokes|knits broken bones|stops hair loss""",
        "harms": """causes kidney stones|makes men infertile|causes strokes|damages the liver|causes acute poisoning|
            makes hair fall out|causes memory loss|contains heavy metals|destroys tooth enamel|causes severe allergies|
            thins the blood|spreads parasites|causes thyroid cancer|blinds the eyes|causes miscarriages|
            upsets the heart rhythm|causes pneumonia|makes bones brittle""",
        "place": """Hanoi|Leeds|Nairobi|Perth|Oslo|Manila|Toronto|Dublin|Lagos|Mumbai|Auckland|Boston|Cape Town|Glasgow|
            Lisbon|Denver|Accra|Galway|Chennai|Hobart""",
        "who": """an unnamed doctor|a widely shared post|a new study|a viral video|a message among parents|a leaflet|
            an online seller|a voice recording""",
        "lure": """a prize message|a call about a blocked account|a QR code sticker in a restaurant|a gift link|
            a parcel notice|a fake ticket site|a quick loan app|an offer of easy work|a missed call from abroad|
            a bonus point page|a coin investment group|a post that gives puppies away""",
        "theft": """empties bank accounts|steals the phone's contacts|installs tracking software|takes over social accounts|
            charges {n} dollars a minute|copies passwords|asks for a deposit of {n} dollars|records voices to borrow money""",
        "weather": """storm number {m}|the heat wave|a hailstorm|a whirlwind|the spring tide|a hard frost|the cold spell|
            a flash flood|a light earthquake|acid rain""",
        "wrecks": """destroyed {n} houses|swept {n} cows away|cut power in {n} villages|will last {m} weeks|
            brought {n} degrees|closed {n} schools|damaged {n} bridges|killed {n} tonnes of fish""",
        "animal": """blue whales|bats|fire ants|roosters|octopuses|sea turtles|mosquitoes|honey bees|elephants|house cats|
            penguins|geckos|dolphins|cobras|camels|dogs|crows|dairy cows""",
        "ability": """remember a way after {n} years|sleep {m} hours a day|live {n} days without water|hear sounds {n} kilometres away|
            have {m} hearts|recognise {n} faces|live to the age of {n}|swim {n} kilometres without rest|feel no pain|
            see only black and white""",
        "body": """Mars|the Moon|the Earth|Venus|a comet|the space station|Saturn|the Sun""",
        "event": """will look as large as a plate|will block the light for {n} minutes|will pass {n} thousand kilometres away|
            will turn red|turns {n} seconds more slowly|gives off a strange sound|will raise the tide by {m} metres""",
        "rule": """renewing a driving licence|paying a traffic fine|registering an address|getting a passport|
            insuring a motorbike|replacing a SIM card|installing a meter|getting tap water|enrolling in first grade|
            taking the train""",
        "change": """costs {n} dollars more|takes {n} days|is only possible on Mondays|is free for people over {n}|
            is cancelled after {m} days|needs a photo from the last {m} months""",
        "verdict": "False|Partly false|Unproven|True|Misleading",
    },
}  # fmt: skip

#: Claim and headline of each family.
FAMILIES = {
    "vi": (
        ("{who} nói {food} {cures} sau {n} ngày uống liên tục", "Kiểm chứng: {food} có {cures} không?"),
        ("uống {food} lúc đói {harms}, {n} người ở {place} đã nhập viện", "{food} {harms}: bác sĩ ở {place} trả lời"),
        ("{thing} {harms} cho người dùng trên {n} phút mỗi ngày", "Không có bằng chứng {thing} {harms}"),
        ("{lure} ở {place} {theft} chỉ sau {n} giây", "Cảnh giác: {lure} có thật {theft}?"),
        ("{weather} {wrecks} tại {place} hôm {m} tháng {k}", "Hình ảnh {weather} ở {place} là ảnh cũ"),
        ("{animal} ở {place} {ability}, theo {who}", "Sự thật về {animal}: có phải {ability}?"),
        ("{body} {event} vào đêm {m} tháng {k} năm {year}", "Tin đồn {body} {event} quay lại"),
        ("từ tháng {k} năm {year}, {rule} ở {place} {change}", "{rule} {change}? Cơ quan ở {place} giải thích"),
        ("trộn {food} với {food2} {harms} sau {n} giờ", "Ăn chung {food} và {food2}: điều gì xảy ra"),
        ("{n} phần trăm người {place} dùng {food} mỗi sáng và không ai mắc bệnh", "Con số {n} phần trăm ở {place} từ đâu ra"),
    ),
    "en": (
        ("{who} says {food} {cures} when drunk for {n} days in a row", "Fact check: is it true that {food} {cures}?"),
        ("{food} on an empty stomach {harms}; {n} people in {place} went to hospital", "{food} {harms}: doctors in {place} answer"),
        ("{thing} {harms} if used for more than {n} minutes a day", "No evidence that {thing} {harms}"),
        ("{lure} in {place} {theft} within {n} seconds", "Beware: can {lure} really do this? It {theft}"),
        ("{weather} {wrecks} in {place} on day {m} of month {k}", "Pictures of {weather} in {place} are old"),
        ("{animal} in {place} {ability}, according to {who}", "The truth about {animal}: do they {ability}?"),
        ("{body} {event} on the night of {m}/{k}/{year}", "The rumour that {body} {event} is back"),
        ("from month {k} of {year}, {rule} in {place} {change}", "{rule} {change}? The office in {place} explains"),
        ("mixing {food} with {food2} {harms} within {n} hours", "Eating {food} and {food2} together: what happens"),
        ("{n} percent of people in {place} take {food} every morning and none falls ill", "Where the {n} percent of {place} come from"),
    ),
}  # fmt: skip
_SPLIT_SLOTS = {
    language: {slot: [" ".join(word.split()) for word in words.split("|")] for slot, words in slots.items()}
    for language, slots in SLOTS.items()
}


def claim_and_headline(rng: random.Random, language: str) -> tuple[str, str]:
    """A claim of fact and the headline of the article that checks it."""
    slots = _SPLIT_SLOTS[language]
    filling = {slot: rng.choice(words) for slot, words in slots.items()}
    numbers = {
        "n": rng.randint(2, 99),
        "m": rng.randint(2, 28),
        "k": rng.randint(1, 12),
        "year": rng.randint(2015, 2026),
    }
    filling = {slot: words.format(**numbers) for slot, words in filling.items()} | {"food2": rng.choice(slots["food"])}
    claim, headline = rng.choice(FAMILIES[language])
    return _capital(claim.format(**filling, **numbers)), _capital(headline.format(**filling, **numbers))


def checks(n_checks: int) -> Iterator[dict[str, object]]:
    """ClaimReviews; languages take turns."""
    rng = random.Random(11)
    for i in range(n_checks):
        language = LANGUAGES[i % 2]
        claim, headline = claim_and_headline(rng, language)
        yield {
            "@context": "https://schema.org",
            "@type": "ClaimReview",
            "claimReviewed": claim,
            "url": f"https://desk{i % 400}.example/{2015 + i % 11}/{i}",
            "author": {"@type": "Organization", "name": f"Desk {i % 400}", "url": f"https://desk{i % 400}.example/"},
            "datePublished": f"{2015 + i % 11}-{i % 12 + 1:02d}-{i % 28 + 1:02d}",
            "inLanguage": language,
            "headline": headline,
            "reviewRating": {"@type": "Rating", "alternateName": rng.choice(_SPLIT_SLOTS[language]["verdict"])},
        }


def write_checks(n_checks: int, path: Path) -> None:
    """One ClaimReview a line."""
    with path.open("w", encoding="utf-8") as file:
        for check in checks(n_checks):
            file.write(json.dumps(check, ensure_ascii=False) + "\n")


def messages(n_messages: int, n_claims: int = 3) -> Iterator[str]:
    """Messages of so many claims from the same templates; a few of the claims stand among the checks word for word."""
    rng = random.Random(12)
    for i in range(n_messages):
        yield " ".join(f"{claim_and_headline(rng, LANGUAGES[i % 2])[0]}." for _ in range(n_claims))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    write_checks(int(sys.argv[1]), Path(sys.argv[2]))
