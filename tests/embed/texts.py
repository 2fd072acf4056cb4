"""Texts of many scripts and shapes, our own."""

#: Vietnamese composed, decomposed and bare, other scripts, emoji, nothing, hostile, too long (the last).
TEXTS = [
    "Uống nước chanh nóng không chữa được cảm cúm.",
    "U\u0302\u0301ng nu\u031bo\u031b\u0301c",
    "uong nuoc chanh nong chua duoc cam cum",
    "Boiled water freezes at zero degrees Celsius.",
    "الماء الساخن لا يعالج الزكام ﷺ",
    "น้ำร้อนไม่รักษาหวัด",
    "热水不能治愈感冒。お湯は風邪を治さない",
    "Горячая вода не лечит простуду",
    "🍋🔥👨‍👩‍👧 1.000,5 kg ½ ﬁ ①",
    "",
    "   ",
    "▁ <s> <unk> </s> <mask>",
    "tab\tline\nbreak\u00a0hard \u200bzero",
    "a\0b",
    "lone \ud800 surrogate",
    "\U00013080\ue000\U000e0041",
    "dài " * 600,
]
