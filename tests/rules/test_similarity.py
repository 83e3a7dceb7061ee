"""The similarity of titles, which is also quick for hostile ones."""

from bot.features.suggestions.similarity import WordSimilarity

TITLE = "Pump vibrates after firmware update "
LONG = TITLE * 10


async def test_titles_with_the_same_words_are_alike_in_any_order() -> None:
    found = await WordSimilarity().most_like(
        TITLE, ["Invoice", "firmware update: pump vibrates after"], at_most=2, at_least=0.9
    )
    assert found == [1]


async def test_the_end_of_a_long_title_does_not_count() -> None:
    """The time grows with the square of the compared length, so that 500,000 characters would take half a minute."""
    hostile = LONG + "x y " * 125_000
    assert await WordSimilarity().most_like(hostile, [LONG, hostile], at_most=2, at_least=0.99) == [0, 1]
