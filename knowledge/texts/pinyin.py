"""Syllables: where they may stand in a Latin run, how characters sound, and which sounds are taken for each other.

Toneless, in the spelling of pinyin input methods (``lv`` for lü). No language model: see ``decoding``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Every syllable that a character of GB 2312 has. Interjections without a vowel (m, ng) are left out.
_LISTED = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng cha chai chan
chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan
dang dao de dei deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei en er fa fan fang fei fen feng fo fou fu
ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou
hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei
ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei len leng li lia lian liang liao lie lin ling
liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan
nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nuo nv nve o ou pa pai pan pang pao pei pen peng
pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri
rong rou ru ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua
shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie ting tong
tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya
yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei
zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""
SYLLABLES = frozenset(_LISTED.split())
_SPELT = {"lue": "lve", "nue": "nve", "lyu": "lv", "nyu": "nv"}
_LONGEST = max(map(len, SYLLABLES))
# Sounds that dialects and typists take for each other, as the ends of syllables.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("f", "h"), ("l", "r"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
_INITIAL = re.compile("zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]|")
_RUN = re.compile("[a-z]+")
_CHINESE = re.compile("[\u3400-\u9fff]")


def folded_letters(text: str) -> str:
    """Lower case without tone marks (ǚ is v), letter for letter: offsets stay."""
    return "".join(map(_folded, text)) if not text.isascii() else text.lower()


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character).lower()
    if not ("a" <= parts[0] <= "z"):
        return character
    return "v" if parts[0] == "u" and "\u0308" in parts else parts[0]


def syllables_at(run: str, start: int) -> tuple[tuple[int, str], ...]:
    """(end, syllable) of every syllable that may begin at a place in lower-case Latin letters."""
    found = []
    for end in range(start + 1, min(len(run), start + _LONGEST) + 1):
        spelt = _SPELT.get(run[start:end], run[start:end])
        if spelt in SYLLABLES:
            found.append((end, spelt))
    return tuple(found)


def is_pinyin(run: str) -> bool:
    """Whether lower-case Latin letters are syllables from end to end."""
    reached = {0}
    for i in range(len(run)):
        if i in reached:
            reached.update(end for end, _ in syllables_at(run, i))
    return bool(run) and len(run) in reached


def is_all_pinyin(text: str) -> bool:
    """Whether a text has Latin words, all of them pinyin, and no Chinese characters."""
    letters = folded_letters(unicodedata.normalize("NFKC", text))
    runs = _RUN.findall(letters)
    return bool(runs) and not _CHINESE.search(letters) and all(map(is_pinyin, runs))


@lru_cache(maxsize=8192)
def sounds_of(character: str) -> tuple[str, ...]:
    """The syllables of a Chinese character, the commonest first; () for anything else."""
    from pypinyin import Style, pinyin

    if not _CHINESE.match(character):
        return ()
    read = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    spelt = (_SPELT.get(s, s).replace("ü", "v") for s in read)
    return tuple(dict.fromkeys(s for s in spelt if s in SYLLABLES))


def sounds_in(word: str) -> tuple[str, ...]:
    """The syllables of the characters of a word, as they are read in it (还 in 返还: huan)."""
    from pypinyin import lazy_pinyin

    return tuple(_SPELT.get(s, s).replace("ü", "v") for s in lazy_pinyin(word))


@lru_cache(maxsize=1024)
def near_sounds(syllable: str) -> tuple[tuple[str, int], ...]:
    """(syllable, how many habits of speech lie between) for what one may be taken for, itself (0) first."""
    match = _INITIAL.match(syllable)
    initial = match.group() if match else ""
    final = syllable[len(initial) :]
    initials = {initial: 0, **{b: 1 for pair in _INITIALS for a, b in (pair, pair[::-1]) if a == initial}}
    finals = {final: 0}
    for pair in _FINALS:
        for a, b in (pair, pair[::-1]):
            if final.endswith(a):
                finals[final.removesuffix(a) + b] = 1
    near = {i + f: x + y for i, x in initials.items() for f, y in finals.items() if i + f in SYLLABLES}
    if syllable in ("lu", "nu"):  # typed for lü and nü
        near[syllable[0] + "v"] = 1
    return tuple(sorted(near.items(), key=lambda pair: pair[1]))
