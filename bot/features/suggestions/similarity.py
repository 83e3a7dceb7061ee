"""Text similarity by rapidfuzz."""

import asyncio
from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils

_CHUNK = 1000
"""The number of texts per comparison. One comparison blocks a thread for about two milliseconds."""
_MAX_LENGTH = 300
"""Characters of a text that are compared. The time of a comparison grows with the square of the length."""


class WordSimilarity:
    """Similarity of texts: two texts are alike if they have the same words, in any order.

    Words that only one text has reduce the score, so a title of one word does not match every text with that word.
    """

    async def most_like(self, text: str, texts: Sequence[str], *, at_most: int, at_least: float) -> Sequence[int]:
        """Return the indexes of the most similar texts, best first.

        `at_least` is the minimum score; equal texts score 1.
        """
        chunks = [texts[begin : begin + _CHUNK] for begin in range(0, len(texts), _CHUNK)]
        found = [await asyncio.to_thread(_most_like, text, chunk, at_most, at_least) for chunk in chunks]
        scored = [(score, number * _CHUNK + place) for number, some in enumerate(found) for score, place in some]
        return [place for _, place in sorted(scored, key=lambda each: (-each[0], each[1]))[:at_most]]


def _most_like(text: str, texts: Sequence[str], at_most: int, at_least: float) -> Sequence[tuple[float, int]]:
    found = process.extract(
        text[:_MAX_LENGTH],
        [each[:_MAX_LENGTH] for each in texts],
        scorer=fuzz.token_sort_ratio,
        processor=utils.default_process,
        score_cutoff=at_least * 100,
        limit=at_most,
    )
    return [(score, place) for _, score, place in found]
