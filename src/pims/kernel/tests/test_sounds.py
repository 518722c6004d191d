import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.kernel.sounds import MAX_KEYS, sound_alike, sound_keys

ALIKE = """
Gutierrez/Gutierres Gutierrez/Gutieres Chuc/Chuck Cho/Choe Caal/Kal Usher/Ussher
Williams/Wiliams Hernandez/Ernandez Flowers/Flours Ku/Cu Tzib/Dzib Yaxcal/Yashcal Reimer/Raymer
Castellanos/Castelanos Jones/Johnes Garcia/Garsia Xol/Shol Quetzal/Ketzal Jesus/Hesus
George/Jorge Mohammed/Muhammad Khalil/Kalil Thiessen/Tiessen Friesen/Friessen Wiebe/Viebe
Klassen/Claassen Arzu/Arsu Nuñez/Nunes Lambey/Lambay Cayetano/Kayetano Gillett/Gillet
Gentle/Jentle Thompson/Tomson Wright/Right Knight/Night Neal/Neil Stephen/Steven Javier/Xavier
Castillo/Castiyo Vasquez/Basquez Singh/Sing Lee/Li Xu/Shu Chehab/Shehab Hussein/Husein
Youssef/Yousef Choco/Choko Ical/Ikal Makin/Maquin Teck/Tec Balam/Valam Pech/Petch Uk/Uc
Requena/Rekena Zuniga/Suniga Guerra/Gerra Dueck/Duek Philip/Filip Christian/Kristian Huang/Wang
Q'eq/Kek Catzim/Katsim Guadalupe/Wadalupe Young/Yung Ysaguirre/Isaguirre Cuellar/Cueyar Cal/Kahl
Hyde/Hide Loewen/Lowen Dyck/Dick Jacob/Yacob Campos/Canpos Edwards/Edwords Novelo/Nobelo
""".split()
APART = """
Chan/Chen Chan/Choc Pop/Bol Cal/Coc Garcia/Gomez Jones/Williams Ku/Ken Martinez/Mendez
Smith/Jones Reimer/Penner Usher/Arana Xol/Cal Lopez/Perez Tzib/Tut
""".split()

names = st.text(alphabet="abcdefghijklmnopqrstuvwxyzñéíóúüQXTZ'’- ", max_size=30)


@pytest.mark.parametrize("pair", ALIKE)
def test_two_spellings_of_one_name_sound_alike(pair):
    assert sound_alike(*pair.split("/"))


@pytest.mark.parametrize("pair", APART)
def test_two_names_do_not_sound_alike(pair):
    assert not sound_alike(*pair.split("/"))


@given(names)
def test_every_name_with_letters_has_few_readings(name):
    keys = sound_keys(name)

    assert len(keys) <= MAX_KEYS
    assert list(keys) == sorted(set(keys))
    assert all(keys)


@given(names)
def test_case_and_accents_are_not_heard(name):
    assert sound_keys(name.upper()) == sound_keys(name.lower())


@given(st.text(max_size=20))
def test_any_text_has_readings_or_none(text):
    assert isinstance(sound_keys(text), tuple)
