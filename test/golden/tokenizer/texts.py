"""Strings that are hard to cut into tokens. Only characters that Unicode 14 (Python 3.11) has are
used: libraries, and Node's versions among themselves, differ in what they know of later ones."""

import random
import unicodedata

ENGLISH = [
    "",
    "a",
    "The quick brown fox jumps over the lazy dog.",
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, "
    "must be in want of a wife.",
    "“Curiouser and curiouser!” cried Alice — she was so much surprised… (that for the moment).",
    "naïve café résumé coöperate façade Zürich Ærøskøbing Łódź Dvořák İstanbul straße ﬁne ﬂow",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "HELLO hello Hello hELLO HeLLo  helloWorld hello_world hello-world HTTPServer2XX",
    "https://example.org/a/b?c=d&e=%20f#g user.name+tag@example.co.uk C:\\Users\\me\\file.txt",
    "$1,234.56 €9.99 50% #1 @home 3/4 1+1=2 x^2 (a|b) [c] {d} <e> ~f `g` h; i: j! k?",
    "!!! ??? ... ---- ==== **** //// ____ ~~~~ &&&& ||||",
    " leading and trailing ",
    "SolidGoldMagikarp petertodd rawdownload StreamerBot",
]
CONTRACTIONS = [
    "I'm you're he's we've they'll I'd can't",
    "I'M YOU'RE HE'S WE'VE THEY'LL I'D CAN'T",
    "I’m you’re he’s we’ve they’ll I’d can’t",
    "'s't're've'm'll'd",
    "'S'T'RE'VE'M'LL'D",
    " 's 't 're 've 'm 'll 'd",
    "''s '''t 's's 'sss 'street 'tis 'twas 'r 'v 'l 're' 'lling x'y o'clock",
    "'",
    "''",
    "' '",
    "a'",
    "'a",
    "\n's\t't\u00a0'm",
    "5's 5'5 don't1 '1 '!s !'s",
    "'ſ 'ᵗ 'ｓ",
]
CODE = [
    "def f(x):\n    return x + 1\n\n\nclass A:\n\tdef g(self):\n\t\tpass\n",
    "#include <stdio.h>\r\n\r\nint main(void) {\r\n\tprintf(\"%d\\n\", 42);\r\n\treturn 0;\r\n}\r\n",
    "const f = async (x) => {\n  await g(x?.y ?? `${z}`);  \n};   \n\n   \n\t\n",
    "fn main() {\n    let v: Vec<u8> = vec![0; 10];\n    println!(\"{:?}\", &v[..]);\n}\n",
    "SELECT a.*, COUNT(*) FROM t AS a WHERE a.id <> 1 GROUP BY 1; -- done",
    "<div class=\"x\">&nbsp;&lt;b&gt;</div><!-- c -->\n<br/>",
    "if ! [ -f \"$HOME/.x\" ]; then\n\techo \"no\" >&2 && exit 1\nfi",
    "{\"a\": [1, 2.5e-10, null], \"b\": {\"c\": true}}",
    "func (s *S) M(ctx context.Context) error {\n\treturn nil\n}",
    "main :: IO ()\nmain = mapM_ print $ filter even [1..10] -- ∀ α. α → α",
    "\\begin{equation}\n  \\frac{\\partial f}{\\partial x} = \\sum_{i=0}^{n} x_i\n\\end{equation}",
    "a\r\nb\rc\nd\n\re\r\r\nf",
    "x = 1;  # two spaces\ny = 2;\t\t# two tabs\n \t \t\nz",
]
SCRIPTS = [
    "天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。",
    "吾輩は猫である。名前はまだ無い。カタカナ ﾊﾝｶｸ 々〆ヶ",
    "모든 인간은 태어날 때부터 자유로우며 ㄱㄴㄷ 한",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. ١٢٣٤ ۱۲۳",
    "כל בני האדם נולדו בני חורין ושווים בערכם. שָׁלוֹם",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता १२३ क्‍ष",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน ๑๒๓",
    "Все люди рождаются свободными и равными. Ёж ѣ Ѫ",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι ᾳ ᾼ ς σ",
    "Բոլոր մարդիկ ծնվում են ազատ ყველა ადამიანი இனி అందరూ ಎಲ್ಲಾ സകല සියලු",
    "𝕳𝖊𝖑𝖑𝖔 𝒲ℴ𝓇𝓁𝒹 𝟙𝟚𝟛 𐌰𐌽𐍃 𓀀𓁐 𠮷野家 𪛖 ＦＵＬＬ　ｗｉｄｔｈ １２３",
    "Ti\u1ebfng Vi\u1ec7t Tie\u0302\u0301ng Vie\u0323\u0302t Z\u0351\u036b\u0343a\u0336\u0321l\u0334\u0322g\u0337o\u0338",
    "e\u0301 \u0301 a\u0301\u0301 \u0301a 1\u0301 !\u0301 \u0301\u0301 \u0e33 \u093f",
    "ʰ ˈ ː ª º ⁿ ᴬ ǅ ℵ ℓ K Å ﷺ ㍿ ꙮ",
]
EMOJI = [
    "😀😃😄 😁 a😆b",
    "👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 🏴‍☠️ ❤️‍🔥 🧑🏿‍🤝‍🧑🏻",
    "🇩🇪🇫🇷 🇯🇵 🇺",
    "👍🏻👍🏼👍🏽👍🏾👍🏿 ✊🏿",
    "1️⃣2️⃣#️⃣*️⃣ 0⃣ ☺️ ☺︎ ☺ ©️ ™ ↔️",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "text😀text 😀 text😀😀",
    "🫠🥲🫶🏽",
    "\U0001f600\u200d \ufe0f \u200d\ufe0f \U0001f3fd",
]
NUMBERS = [
    "0 1 12 123 1234 12345 123456 1234567890 00 007 3.14159 -1 1e10 0xFF 1_000",
    "x² y³ z¹ H₂O ½ ¼ ⅓ ⅞ Ⅷ ⅻ ⅯⅮ ① ⑳ ㉑ 〇 一二三 ௧௰ ༡ 𐄇 ፩",
    "2²2 a1b2c3 1a 1 a  1  a 1st 2nd ²a a² ½a٣a",
    "2026-11-23T22:05:00+00:00 192.168.0.1 ::1 v1.2.3-rc.4",
]
CONTROLS = [
    "\ufeffBOM first",
    "BOM \ufeff inside\ufeff",
    " \ufeff\ufeff a",
    "NEL\u0085here \u0085 \u0085\u0085 a\u0085\u0085b",
    "\u180e \u180ea a\u180e\u180e b",
    "\u200e\u200fab\u202ac\u202bd\u202ce\u202df\u202eg\u2066h\u2067i\u2068j\u2069",
    "zero\u200bwidth\u200cjoin\u200der\u2060word\u00adsoft",
    "".join(chr(code) for code in range(0x20)),
    " ".join(chr(code) for code in range(0x20)),
    "".join(chr(code) for code in range(0x7F, 0xA1)),
    "a\x00b\x00\x00 \x00 c",
    "\x1b[31mred\x1b[0m \x1c\x1d\x1e\x1f \x1c \x1f\x1f a\x1cb",
    "\ufffd \ufffd\ufffd a\ufffdb",
    "\ufffe \uffff \ufdd0 \U0001ffff \U0010ffff",
    "\ue000\uf8ff \U000f0000 \U0010fffd",
    "\ufff9annotated\ufffatext\ufffb \U000e0001\U000e0041",
]
SPECIAL = [
    "<|endoftext|>",
    "a<|endoftext|>b",
    "<|endoftext|><|endoftext|>",
    " <|endoftext|> \n<|endoftext|>\n",
    "<|endoftext|",
    "<|im_start|>user\nhi<|im_end|> <|fim_prefix|>",
]
SURROGATES = [
    "\ud800",
    "\udc00",
    "a\ud83db",
    "\ude00\ud83d",
    " \ud83d 😀\ud83d",
    "\ud800\ud800 \udfff\udfff",
    "x\ud83d\ufffd\ude00y",
    "é\udbff日\udc00",
]
WHITE_SPACE = [
    *(chr(code) for code in (0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x85, 0xA0, 0x1680)),
    *(chr(code) for code in range(0x2000, 0x200B)),
    *(chr(code) for code in (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)),
]
# Alike, but not White_Space; U+001C to U+001F are to Python's str.isspace, U+FEFF to JavaScript.
NEARLY_WHITE_SPACE = [chr(code) for code in (0x1C, 0x1D, 0x1E, 0x1F, 0x180E, 0x200B, 0x2060, 0xFEFF)]


def white_space_cases():
    for space in [*WHITE_SPACE, *NEARLY_WHITE_SPACE]:
        yield f"{space}|a{space}b{space}{space}c {space}d{space} e{space}1{space}!{space}\n{space}"
    for count in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100]:
        for space in [" ", "\n", "\t", "\r\n"]:
            yield space * count
            yield "a" + space * count + "b"
    yield "  a   b    c     \n  d \n\n e \t f\t\tg \n"
    yield "".join(WHITE_SPACE) + "x"
    yield "x" + "".join(reversed(WHITE_SPACE))


def fuzz_cases(rng: random.Random):
    """Strings of characters that are likely to meet a rule, and of any characters at all."""
    any_character = [
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")
    ]
    telling = [
        *" " * 12,
        *"\n\n\r\t",
        *"''''’",
        *"stmdrevlSTL",
        *"abcABC012.,-=/\"(){}_",
        *WHITE_SPACE,
        *NEARLY_WHITE_SPACE,
        *"äßé½²Ⅷ٣日本語한글אבعربनमस्ते😀👍🏽\u0301\u200d\ufe0f\ufffd\x00\x7f",
    ]
    for index in range(150):
        share = rng.choice([0, 0.1, 0.5])
        length = rng.choice([3, 8, 20, 50])
        yield "".join(
            rng.choice(any_character) if rng.random() < share else rng.choice(telling)
            for _ in range(length)
        )
    for index in range(40):
        # Random bytes, read as what they are not.
        raw = rng.randbytes(rng.choice([4, 16, 48]))
        yield raw.decode(["latin-1", "utf-8", "utf-16-le", "cp437"][index % 4], "replace")
    for index in range(40):
        # Few letters, long words: many merges compete.
        letters = rng.choice(["ab", "aeinst", "etaoinshrdlu", "=-", "ÂÃ\u0083", "的一是不了", "01"])
        yield "".join(rng.choice(letters) for _ in range(rng.choice([20, 60, 150])))


def long_cases():
    """Long pieces, described instead of written out."""
    for text, times in [
        ("a", 20000),
        (" ", 20000),
        ("\n", 20001),
        ("-", 20000),
        ("ab", 10000),
        ("aaaab", 5000),
        ("é", 9999),
        ("日本", 5000),
        ("😀", 7000),
        ("👨‍👩‍👧‍👦", 1500),
        ("7", 20000),
        ("=-", 10000),
        ("ÃÂ", 10000),
        ("\ue000", 6000),
        ("\t ", 7000),
        ("\u3000", 6000),
        ("supercalifragilistic", 1000),
        ("ACGT", 5000),
        ("'s", 5000),
        (" the", 5000),
        ("\ud800", 3000),
    ]:
        yield {"repeat": text, "times": times}
    for seed, (letters, length) in enumerate(
        [
            ("abcdefghijklmnopqrstuvwxyz", 20000),
            ("etaoinshrdlu", 20000),
            ("ab", 20000),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 20000),
            ("0123456789", 20000),
            ("=-*_#~", 20000),
            ("ÂÃ\u0083é", 10000),
            ("的一是不了人我在有他", 10000),
            ("😀😁👍", 5000),
            (" \n\t\u00a0\u3000", 10000),
            ("the quick brown fox\n", 20000),
            ("\u00e2\u0080\u0099 \ufffd\ue000", 10000),
        ],
        start=1,
    ):
        yield {"letters": letters, "length": length, "seed": seed}


def written_out(case: dict) -> str:
    """The text of a long case. `writtenOut` in tokens.test.ts does the same."""
    if "repeat" in case:
        return case["repeat"] * case["times"]
    letters = case["letters"]
    state = case["seed"]
    text = []
    for _ in range(case["length"]):
        state = (state * 1103515245 + 12345) % 2**31
        text.append(letters[(state >> 16) % len(letters)])
    return "".join(text)
