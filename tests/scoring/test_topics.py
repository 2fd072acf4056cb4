import numpy as np

from kiemchung.scoring.topics import TOPICS, Topic, label_topics
from tests.scoring.datasets import notes_of

STORM = Topic("Storm", ("typhoon",))
BREAD = Topic("Bread", ("sourdough",))


def notes_with(texts, posts=None):
    return notes_of(len(texts), posts=posts, summary=np.array(texts, np.dtypes.StringDType()))


def weather_and_food():
    storm = [f"Typhoon picture shows old waves and wind {word}" for word in ("harbour", "roof", "bridge", "street") * 5]
    bread = [f"sourdough flour yeast oven {word}" for word in ("warm", "crust", "salt", "water") * 5]
    rest = [f"the {word} chart has another date" for word in ("price", "train", "clinic", "moon") * 10]
    return storm, bread, rest


def test_seeded_posts_get_their_topic_and_others_none():
    storm, bread, rest = weather_and_food()
    topic, reason = label_topics(notes_with(storm + bread + rest), [STORM, BREAD])
    assert reason == ""
    assert topic.tolist() == [0] * 20 + [1] * 20 + [-1] * 40


def test_text_like_a_topic_is_relabelled_without_its_seed():
    storm, bread, rest = weather_and_food()
    topic, _ = label_topics(
        notes_with([*storm * 4, *bread, *rest, "picture shows old waves and wind harbour"]), [STORM, BREAD]
    )
    assert topic[-1] == 0


def test_notes_of_a_post_share_its_topic():
    storm, bread, rest = weather_and_food()
    texts = [*storm, *bread, *rest, "see the sources"]
    posts = [*range(len(texts) - 1), 0]
    topic, _ = label_topics(notes_with(texts, posts), [STORM, BREAD])
    assert topic[-1] == 0


def test_without_a_seeded_post_there_are_no_topics_and_a_reason():
    topic, reason = label_topics(notes_with(["rain in the valley"] * 3), TOPICS)
    assert topic.tolist() == [-1, -1, -1]
    assert reason == "no post has a seed word of a topic"


def test_post_with_seeds_of_two_topics_has_none_of_its_own():
    topic, reason = label_topics(notes_with(["typhoon sourdough"]), [STORM, BREAD])
    assert topic.tolist() == [-1]
    assert reason == "no post has a seed word of a topic"
