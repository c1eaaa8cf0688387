"""The stories: each about a minute of speech, so that there is time to interrupt them."""

from __future__ import annotations

STORIES: tuple[tuple[str, ...], ...] = (
    (
        "This is the story of the lighthouse that wanted to travel.",
        "On a rock at the edge of a cold sea stood a lighthouse, and every night it watched the ships go by.",
        "The ships had names of far cities on their sides, and they smelled of oranges and rope.",
        "One evening the lighthouse said to the keeper, I have shown the way to ten thousand ships, and I have never "
        "gone anywhere myself.",
        "The keeper was an old woman who mended nets, and she did not laugh.",
        "She took a small mirror, caught a little of the light in it, and gave the mirror to a sailor.",
        "Show it everything, she said, and bring it back.",
        "A year went by, with storms and fog and long white mornings.",
        "Then the sailor returned, and the keeper hung the mirror beside the great lamp.",
        "That night the beam that swept over the water carried harbors, and markets, and mountains with snow on them.",
        "The fishermen saw it and forgot their nets.",
        "And the lighthouse, which had not moved an inch, was the best travelled house on the coast.",
        "Since then it has never complained, but it does ask every ship for news.",
    ),
    (
        "This is the story of the clockmaker and the slow clock.",
        "In a town with seven church towers lived a clockmaker, whose clocks were never wrong.",
        "Only one of them, a small one in the back of the shop, lost exactly one minute every day.",
        "He took it apart in spring, and again in autumn, and he found nothing.",
        "So he stopped mending it, and began to write down where the minutes went.",
        "One minute had gone to a child who wanted to see the wheels turn.",
        "One had gone to a neighbor who needed to tell somebody about his dog.",
        "One had gone to the first snow, because the whole street had stood still to look at it.",
        "After a year he had three hundred and sixty five minutes in his book, which is a little more than six hours.",
        "He read the book from the beginning to the end, and it took him all night.",
        "In the morning he put the slow clock into the window, at a price that nobody would pay.",
        "People still come and ask why a clockmaker shows a clock that is wrong.",
        "It is not wrong, he says, it only stops to listen.",
    ),
    (
        "This is the story of the robot in the orchard.",
        "A farmer bought a robot to count her apples, because she could never remember how many there were.",
        "The robot was tall and thin, and it had a voice like a kettle that is about to boil.",
        "On the first day it counted four thousand two hundred and eight.",
        "On the second day it counted four thousand two hundred and seven, and it was worried all night.",
        "It counted again by moonlight, and then it saw a hedgehog walking home with an apple on its back.",
        "The robot followed it through wet grass to a hole under the wall, where four young hedgehogs sat waiting.",
        "It thought for a long time, as long as robots think, which is nearly a second.",
        "Then it went back and wrote into its book, four thousand two hundred and eight, of which one is on a journey.",
        "The farmer read that at breakfast, and she smiled into her coffee.",
        "From then on the robot wrote down the journeys as well.",
        "Some apples went to school, some became cake, and one rolled all the way to the river.",
        "The numbers were never the same again, but they were always right.",
    ),
)
