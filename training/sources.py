"""Where the text of the corpus comes from: one line a source, fixed to a version.

Everything here can be fetched by name and version from Debian, PyPI, npm or GitHub, and its licence
is permissive or it is in the public domain. `kind` says which token file a source goes to; with
"by extension" each file goes to the kind of its name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    name: str
    registry: str  # debian, pypi, npm or github
    version: str  # a package version, or a commit
    licence: str
    kind: str  # prose, technical, facts, markdown, typescript, javascript, python, code, "by extension"
    include: str = ""  # a regular expression on the path inside the source; empty: all text files
    exclude: str = ""
    held_out: bool = False  # evaluation only: never trained on
    tiny: bool = False  # also part of the tiny setting


def debian(*row, **rest):
    return Source(row[0], "debian", *row[1:], **rest)


def pypi(name, version, licence, **rest):
    return Source(name, "pypi", version, licence, "python", include=r"\.py$", **rest)


def npm(*row, **rest):
    return Source(row[0], "npm", *row[1:], **rest)


def github(*row, **rest):
    return Source(row[0], "github", *row[1:], **rest)


# How often each kind is drawn in training, per token. English prose and technical English are
# about half, code the other half.
MIXTURE = {
    "prose": 0.30,
    "facts": 0.12,
    "technical": 0.04,
    "markdown": 0.12,
    "typescript": 0.15,
    "python": 0.15,
    "javascript": 0.06,
    "code": 0.06,
}

BOOK = "^src/epub/text/"
FIXTURES = r"fixtures|__snapshots__|\.snap$|i18n|locale"

# fmt: off
SOURCES = [
    # Dictionaries
    debian("dict-wn", "1:3.0-37", "WordNet licence (permissive)", "facts", include=r"wn\.dict\.dz$", tiny=True),
    debian("dict-jargon", "4.4.7-3.1", "public domain", "prose", include=r"jargon\.dict\.dz$", tiny=True),
    debian("dict-devil", "1.0-13.1", "public domain", "prose", include=r"devil\.dict\.dz$", tiny=True),
    # Manuals
    debian("python3.11-doc", "3.11.2-6+deb12u9", "PSF-2.0", "technical", include=r"_sources/.*\.txt$", exclude="whatsnew|changelog"),
    debian("cmake-doc", "3.25.1-1", "BSD-3-Clause", "technical", include=r"_sources/.*\.txt$", exclude="/release/"),
    debian("llvm-14-doc", "1:14.0.6-12", "Apache-2.0 with LLVM exception", "technical", include=r"_sources/.*\.txt$"),
    debian("clang-14-doc", "1:14.0.6-12", "Apache-2.0 with LLVM exception", "technical", include=r"_sources/.*\.txt$"),
    debian("sphinx-doc", "5.3.0-4", "BSD-2-Clause", "technical", include=r"_sources/.*\.txt$", exclude="changes"),
    debian("python-pandas-doc", "1.5.3+dfsg-2", "BSD-3-Clause", "technical", include=r"_sources/(user_guide|getting_started|development)/.*\.txt$"),
    debian("python-sqlalchemy-doc", "1.4.46+ds1-1", "MIT", "technical", include=r"\.rst$", exclude="changelog"),
    debian("postgresql-doc-15", "15.20-0+deb12u1", "PostgreSQL", "technical", include=r"\.html$", exclude="release|bookindex"),
    debian("python-django-doc", "3:3.2.25-0+deb12u7", "BSD-3-Clause", "technical", include=r"\.html$", exclude="genindex|/releases/|_modules"),
    debian("apache2-doc", "2.4.71-1~deb12u1", "Apache-2.0", "technical", include=r"/en/.*\.html$"),
    debian("sqlite3-doc", "3.40.1-2+deb12u2", "public domain", "technical", include=r"\.html$", exclude="releaselog|changes|syntax/"),
    debian("nodejs-doc", "18.20.4+dfsg-1~deb12u3", "MIT", "technical", include=r"\.html$", exclude=r"/all\.html"),
    # Books
    github("mlschmitt/classic-books-markdown", "944882722e9a96fa6cf2739dc2ea757e101f412f", "public domain", "prose", include=r"\.md$", exclude=r"^README|^Philip K\. Dick/|^Various/The Quran"),
    github("standardebooks/anthony-trollope_the-way-we-live-now", "f087b53850b18112f6959b8ac282fc43d7d1de00", "CC0-1.0", "prose", include=BOOK, held_out=True),
    github("standardebooks/anton-chekhov_short-fiction_constance-garnett", "65fee2b5fbe06e74c602f65479561e560a6fc1ce", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/arthur-conan-doyle_the-adventures-of-sherlock-holmes", "23b2b6e0aa1350aaccaac91e1d0fe3bb6ed4c81f", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/edgar-allan-poe_short-fiction", "c6c48980ab9a0ff20a8a1cdcc9f0f08f17a29014", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/edward-gibbon_the-history-of-the-decline-and-fall-of-the-roman-empire", "557e5c4f70a51882c9f700fcc128a0c437b5ec77", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/frances-hodgson-burnett_the-secret-garden", "6a4695560924886e2b396d04ef0023246d211de4", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/h-g-wells_short-fiction", "7f7a769669769accb725143813b05ec77c1f9761", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/h-g-wells_the-time-machine", "9fd22d612e6ed35cd07a8ed5e3ccdc4856c05088", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/jack-london_the-call-of-the-wild", "1aeef4791114f031a9750173cbd1b345a5d391cc", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/jules-verne_twenty-thousand-leagues-under-the-seas_f-p-walter", "f4dff482c99d07b8ab105e81e40712d76c5efa0c", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/kenneth-grahame_the-wind-in-the-willows", "b44b52fea051d02764bb375fffc79066f50a9404", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/l-frank-baum_the-wonderful-wizard-of-oz", "8d8c2b208d56c282f4630a27ac89621c11d5dae0", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/l-m-montgomery_anne-of-green-gables", "87a8976ae6bd342a5e20eb9b7b8399a245108246", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/lewis-carroll_alices-adventures-in-wonderland_john-tenniel", "a4a06a86f3ecb5a9b397fd3922a1c757747c49c5", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/mark-twain_the-adventures-of-huckleberry-finn", "7ff397180b5d7d7627be102f7f321924983472ef", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/mark-twain_the-adventures-of-tom-sawyer", "f6caa2e0484963b64d7da6aa49aad0ec2781fc96", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/o-henry_short-fiction", "fe33e908e162844aacb390e427dd4a4ba2417d14", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/p-g-wodehouse_short-fiction", "8ca35a4a36ab037eb142b85416d08ae7d27cb2d1", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/philip-k-dick_short-fiction", "e423075ad1322ec9cbeee71c8e9034fbe1003b36", "CC0-1.0", "prose", include=BOOK, held_out=True),
    github("standardebooks/robert-e-howard_short-fiction", "e9e6dda97d4cd9598f84a0ca71e1b986a233d055", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/robert-louis-stevenson_treasure-island", "305f56fe9a62e34724f9bbcd4c6c8890b4c46c5d", "CC0-1.0", "prose", include=BOOK),
    github("standardebooks/samuel-pepys_the-diary", "a3031890b10ba1332659e4462fd5db5c99e60616", "CC0-1.0", "prose", include=BOOK),
    # Textbooks, and countries
    github("philschatz/biology-book", "cf3dc8c0d87f9dc4d0556464a4ac33b58dd9d726", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/physics-book", "a7efaa7e221fab1694022d8bb98b83a73ee31d3d", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/anatomy-book", "eadaa6b2992f4e4010f45d58ad4db065e398093e", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/sociology-book", "8f29e07cc2aac36da685b3e805dc3da0e15beb41", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/economics-book", "d3f319e7a162fecf1c15c07cd9bf31e6a48e1877", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/us-history-book", "635ed5914eb2ea3768169b88e1119587cb037e82", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/psychology-book", "aa152d641e2ad5d7f1eccb74a1e9a9b7bf915b9f", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/chemistry-book", "a6ac3918e61cbedf0589c5b43e748dc8a7edf5e2", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("philschatz/astronomy-book", "ff8ede5abbee727f092ae62b108d227a25573c4b", "CC-BY-4.0", "facts", include=r"^contents/.*\.md$"),
    github("factbook/factbook.json", "8662a8b17a784841ab4528631b04090eb2f183eb", "CC0-1.0", "facts", include=r"^[a-z-]+/[a-z]+\.json$"),
    # Documentation and articles in Markdown
    github("GSA/digitalgov.gov", "4979583206d90ff1707b097454a9b169ca9e95e4", "public domain (US government), CC0-1.0", "markdown", include=r"^content/.*\.md$", exclude="/es/|^content/(authors|topics|events)/"),
    github("GSA/plainlanguage.gov", "43230773bd7c589ac6394ead7b36a2554241abdc", "public domain (US government), CC0-1.0", "markdown", include=r"\.md$"),
    github("18F/18f.gsa.gov", "0a55c75e6d9bc71c80136a3867dac52356177443", "public domain (US government), CC0-1.0", "markdown", include=r"\.md$"),
    github("github/opensource.guide", "ebc9678e39b55ff5e5c8801d1960904692188e90", "CC-BY-4.0", "markdown", include=r"^_articles/[^/]*\.md$"),
    github("MicrosoftDocs/PowerShell-Docs", "27138b21b41de3e2b43cfcac4a56861ca419d5eb", "CC-BY-4.0", "markdown", include=r"^reference/(7\.4|docs-conceptual)/.*\.md$"),
    github("MicrosoftDocs/cpp-docs", "a2e592a8fc391b6aff8d1323f5b58696abdc5d57", "CC-BY-4.0", "markdown", include=r"^docs/(cpp|build|c-language|code-quality|get-started|ide|linux|parallel|porting|preprocessor|standard-library)/.*\.md$"),
    github("reactjs/react.dev", "12d692da47e77cdc558b928fcfbaf4e71c6d0cec", "CC-BY-4.0", "markdown", include=r"^src/content/.*\.md$"),
    github("rust-lang/book", "917544888a55e4da7109bdba8c88c893c0da70f4", "MIT or Apache-2.0", "markdown", include=r"^src/.*\.md$"),
    github("rust-lang/reference", "3b38834b39f732c64686f7c64aa29dcf3cd83ba5", "MIT or Apache-2.0", "markdown", include=r"^src/.*\.md$"),
    github("rust-lang/rust-by-example", "898f0ac1479223d332309e0fce88d44b39927d28", "MIT or Apache-2.0", "markdown", include=r"^src/.*\.md$"),
    github("microsoft/TypeScript-Website", "1f8e642574ce992bfd573a96b5e3de43d8ac044a", "CC-BY-4.0", "markdown", include=r"^packages/(documentation/copy/en|playground-examples/copy/en|tsconfig-reference/copy/en)/.*\.(md|ts|tsx)$"),
    github("tldr-pages/tldr", "08e345f42639f67d99282813247ac670dc6e87cb", "CC-BY-4.0", "markdown", include=r"^pages/.*\.md$"),
    github("donnemartin/system-design-primer", "ae9bbd7b02d90b9866215de185217d33f39ab733", "CC-BY-4.0", "markdown", include=r"^(README|CONTRIBUTING)\.md$|\.py$|^solutions/.*README\.md$"),
    github("google/styleguide", "8487c083e1faecb1259be8a8873618cfdb69d33d", "CC-BY-3.0", "markdown", include=r"\.md$"),
    github("denoland/docs", "eb8f78e90dbc72f3b3ab7dcd85609622379b5bca", "MIT", "markdown", include=r"\.(md|mdx)$"),
    github("prometheus/docs", "c105550aad07161f62d02e305ed09799ec6025fa", "Apache-2.0", "markdown", include=r"\.(md|mdx)$"),
    github("withastro/docs", "741c1b89ba13cf9b4ac4087ef09dc269e113fa77", "MIT", "markdown", include=r"^src/content/docs/en/.*\.mdx?$"),
    github("nodejs/nodejs.org", "6f94c8a6ab643beeee7038eba3fb521207d4b345", "MIT", "markdown", include=r"/pages/en/.*\.mdx?$", exclude="/release/|vulnerability|/blog/"),
    github("vuejs/docs", "01e098a967951ea92d09b100b8e7d82c7a3369a2", "CC-BY-4.0", "markdown", include=r"^src/.*\.md$", held_out=True),
    # Code: repositories
    github("fastapi/fastapi", "c3f316b7e814667e8ee81e03a7330d00ee61e45c", "MIT", "by extension", include=r"^docs/en/docs/.*\.md$|^fastapi/.*\.py$", exclude="release-notes"),
    github("microsoft/vscode-js-debug", "06ce1aa29692a9147fbca4a82aed68c43a13655e", "MIT", "typescript", include=r"^src/.*\.tsx?$", held_out=True),
    github("ReactiveX/rxjs", "54796b38a57e6309f9861e174737479bb3f63f61", "Apache-2.0", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("excalidraw/excalidraw", "4872083c044491b6d5c96ae134a75464f96d6831", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("microsoft/vscode-extension-samples", "61fda64ede073136f3716f69b067d212ef0893e1", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("microsoft/vscode-hexeditor", "4b1aef308615000a12edb548704bc9e073223b5b", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("microsoft/vscode-pull-request-github", "849821a34981608ca9705439e458ffe5527fe480", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("microsoft/pyright", "93a6550b2acc61d930edf54ad4621638cdc70777", "MIT", "typescript", include=r"\.tsx?$", exclude=FIXTURES + r"|\.d\.ts$"),
    github("microsoft/vscode-python", "757def8f844b2241f041c1d74435740fa621a8c5", "MIT", "typescript", include=r"\.tsx?$", exclude=FIXTURES + r"|\.d\.ts$"),
    github("golang/vscode-go", "28e27ffd3a0eca1de30b1a9656a75cbd47e94e4e", "MIT", "typescript", include=r"\.tsx?$", exclude=FIXTURES + r"|\.d\.ts$"),
    github("microsoft/vscode-cmake-tools", "c09931f9b2ad4d88a680f7f22438de643d3d6187", "MIT", "typescript", include=r"\.tsx?$", exclude=FIXTURES + r"|\.d\.ts$"),
    github("microsoft/vscode-languageserver-node", "0da5527ddf79ec7b10c953a1b1e6e007c9678326", "MIT", "typescript", include=r"\.tsx?$", exclude=FIXTURES + r"|\.d\.ts$"),
    github("microsoft/rushstack", "ae8073b330ea1004921cad9065f9dce60fc35a5b", "MIT", "typescript", include=r"\.tsx?$", exclude=FIXTURES + r"|\.d\.ts$"),
    github("microsoft/vscode-mssql", "f36188fc52793359b30276946655f95b7cdd5d47", "MIT", "typescript", include=r"\.tsx?$", exclude=FIXTURES + r"|\.d\.ts$"),
    github("microsoft/playwright", "d4e1023f6c03a8dced50eb3db88c2217e7c1a86a", "Apache-2.0", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("typeorm/typeorm", "281bfba42a5813b106bcf5ba79bc7f7251bd1e73", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("trpc/trpc", "340811ba5320637fbaf48fccf3dbfdd258bd34db", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("date-fns/date-fns", "dd66398305c2b015fba3c1b3d31ccff42ee8d4cf", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES + "|^pkgs/core/src/locale|/locale/"),
    github("vuejs/core", "e2bede96134f757aad5c5b33ac9be055022dbfc8", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("vitejs/vite", "a98c8d95d552c6fa98ab66fb810f5b39ad5abf49", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("xtermjs/xterm.js", "904ae935269eef5ec6a1415b64463c3d02eff1eb", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("denoland/std", "ca58f9427152c946ce1c1bc287d290efde1fbab7", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("honojs/hono", "28a9c128912de19f3fb28b00ae289c9b93f6f392", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("reduxjs/redux-toolkit", "74200d87c27ca2b1c0915b2fbb4c44dd7494c2aa", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("typescript-eslint/typescript-eslint", "56c9ed90d0aee0b5a71cfc39fc76b715b82e3ea8", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("TheAlgorithms/TypeScript", "19b4ced86c99815f142d4a46a028f55487b8038a", "MIT", "by extension", include=r"\.(tsx?|md|js)$", exclude=FIXTURES),
    github("expressjs/express", "a3714473feb3d2908add734d340e7755fd85e0a3", "MIT", "by extension", include=r"\.(m?js|md)$", exclude=FIXTURES + r"|README\.[a-z-]+\.md|README\.[a-z]+-[A-Z]+\.md"),
    github("eslint/eslint", "c27bc926e496985eb7911c09eb60914b2e4b5d0f", "MIT", "by extension", include=r"\.(m?js|md)$", exclude=FIXTURES + "|^test|^tests/"),
    github("webpack/webpack", "bc3e930f75e3f6ecbdf193a0dedf6067ea3a286b", "MIT", "by extension", include=r"\.(m?js|md)$", exclude=FIXTURES + "|^test|^tests/"),
    github("mochajs/mocha", "e6b9ee773481fd739ae24caeb42f32ac0b010f95", "MIT", "by extension", include=r"\.(m?js|md)$", exclude=FIXTURES + r"|README\.[a-z-]+\.md|README\.[a-z]+-[A-Z]+\.md"),
    github("trekhleb/javascript-algorithms", "85293e3e2b88f4d2ce330d956b139cf628aa1e82", "MIT", "by extension", include=r"\.(m?js|md)$", exclude=FIXTURES + r"|README\.[a-z-]+\.md|README\.[a-z]+-[A-Z]+\.md"),
    github("TheAlgorithms/Python", "f5988cc09713315817df6a7e327e258013a94440", "MIT", "python", include=r"\.py$"),
    github("TheAlgorithms/Java", "9d05db2d14702454a418ff31158905e502df83e0", "MIT", "by extension", include=r"\.java$", exclude=FIXTURES),
    github("TheAlgorithms/C-Plus-Plus", "b9c118fb5dca86f6325e816481959e1e6c360373", "MIT", "by extension", include=r"\.(cpp|h|hpp)$", exclude=FIXTURES),
    github("TheAlgorithms/Rust", "2c53ddfa4b43da4df34bc2f990c5e806f455cb90", "MIT", "by extension", include=r"\.rs$", exclude=FIXTURES),
    github("TheAlgorithms/Go", "5ba447ec5ff3d1213de65b92e726ee74c5d5cc19", "MIT", "by extension", include=r"\.go$", exclude=FIXTURES),
    github("BurntSushi/ripgrep", "3fce3b5bb0236da2df6d99672afb8a719642eca7", "MIT or Unlicense", "by extension", include=r"\.(rs|md)$", exclude=FIXTURES),
    github("tokio-rs/tokio", "ea91b33ca57ff0581b38e735cc108f831bccbdaa", "MIT", "by extension", include=r"\.(rs|md)$", exclude=FIXTURES),
    github("gin-gonic/gin", "dcaa4296d111981ffb31ac3eba90bb63e1eb5ab9", "MIT", "by extension", include=r"\.(go|md)$", exclude=FIXTURES),
    github("libuv/libuv", "6179e7af87413396d5853a1c3722c8b5749336c8", "MIT", "by extension", include=r"\.(c|h)$", exclude=FIXTURES),
    github("jqlang/jq", "579e6f76cffd7643ba4002a2c3618a5ea710589a", "MIT", "by extension", include=r"\.(c|h)$", exclude=FIXTURES),
    github("laravel/framework", "bd71b45fbb7e672957bf6ff61baddefe15fbca6a", "MIT", "by extension", include=r"\.php$", exclude=FIXTURES),
    # Code: packages
    debian("libpython3.11-stdlib", "3.11.2-6+deb12u9", "PSF-2.0", "python", include=r"\.py$"),
    npm("rxjs", "7.8.2", "Apache-2.0", "typescript", include=r"^src/.*\.ts$", exclude=r"\.d\.ts$", tiny=True),
    npm("express", "5.3.0", "MIT", "javascript", include=r"\.js$", tiny=True),
    npm("zod", "4.6.7", "MIT", "typescript", include=r"^src/.*\.ts$", exclude=r"\.d\.ts$|locales", held_out=True, tiny=True),
    npm("effect", "4.1.0", "MIT", "by extension", include=r"^src/.*\.ts$|\.md$", exclude=r"\.d\.ts$"),
    npm("three", "0.187.0", "MIT", "javascript", include=r"^src/.*\.js$"),
    pypi("celery", "5.7.0", "BSD-3-Clause", held_out=True, tiny=True),
    pypi("flask", "3.1.3", "BSD-3-Clause", tiny=True),
    pypi("requests", "2.34.2", "Apache-2.0", tiny=True),
    pypi("click", "8.5.1", "BSD-3-Clause", tiny=True),
    pypi("django", "6.1.3", "BSD-3-Clause"),
    pypi("scikit-learn", "1.9.1", "BSD-3-Clause"),
    pypi("sympy", "1.14.0", "BSD-3-Clause"),
    pypi("pandas", "3.1.1", "BSD-3-Clause"),
    pypi("networkx", "3.7", "BSD-3-Clause"),
    pypi("sqlalchemy", "2.1.9", "MIT"),
    pypi("rich", "15.0.0", "MIT"),
    pypi("pytest", "9.2.0", "MIT"),
    pypi("black", "26.10.1", "MIT"),
    pypi("tornado", "6.6.1", "Apache-2.0"),
    pypi("scrapy", "2.19.0", "BSD-3-Clause"),
    pypi("sphinx", "9.2.0", "BSD-2-Clause"),
    pypi("aiohttp", "3.14.5", "Apache-2.0"),
    pypi("httpx", "0.28.1", "BSD-3-Clause"),
    pypi("pydantic", "2.14.3", "MIT"),
    pypi("numpy", "2.5.5", "BSD-3-Clause"),
    pypi("matplotlib", "3.11.2", "PSF-2.0"),
    pypi("werkzeug", "3.1.9", "BSD-3-Clause"),
    pypi("jinja2", "3.1.6", "BSD-3-Clause"),
    pypi("twisted", "26.10.0", "MIT"),
    pypi("nltk", "3.10.4", "Apache-2.0"),
    pypi("statsmodels", "0.15.0", "BSD-3-Clause"),
    pypi("dask", "2026.8.0", "BSD-3-Clause"),
    pypi("xarray", "2026.9.0", "Apache-2.0"),
    pypi("mypy", "2.4.1", "MIT"),
    pypi("setuptools", "84.2.1", "MIT"),
    pypi("ipython", "9.18.1", "BSD-3-Clause"),
    pypi("typer", "0.29.1", "MIT"),
    pypi("textual", "8.2.8", "MIT"),
    pypi("starlette", "1.10.0", "BSD-3-Clause"),
    pypi("poetry", "2.5.1", "MIT"),
]
