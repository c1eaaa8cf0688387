"""Samples for the skills whose content can be any words: what to say, and what to spell."""

from __future__ import annotations

ECHOES = (
    "hello",
    "hello world",
    "hello everybody",
    "good morning",
    "good morning everyone",
    "good evening ladies and gentlemen",
    "how are you today",
    "my name is john",
    "my name is mary",
    "this is a test",
    "this is my voice",
    "the weather is nice today",
    "the sun is shining",
    "it is raining again",
    "i like coffee",
    "i like music",
    "i love you",
    "i am a robot",
    "i am not a robot",
    "i am very happy",
    "the quick brown fox jumps over the lazy dog",
    "she sells sea shells by the sea shore",
    "how much wood would a woodchuck chuck",
    "peter piper picked a peck of pickled peppers",
    "to be or not to be",
    "the cat sat on the mat",
    "the dog is in the garden",
    "the book is on the table",
    "the train leaves at five",
    "all is well that ends well",
    "time is money",
    "better late than never",
    "an apple a day keeps the doctor away",
    "every cloud has a silver lining",
    "where there is a will there is a way",
    "welcome to the show",
    "welcome to our company",
    "welcome to the demo",
    "thank you for coming",
    "thank you for your help",
    "happy birthday",
    "happy birthday to you",
    "happy new year",
    "merry christmas",
    "see you tomorrow",
    "see you next week",
    "nice to meet you",
    "have a nice day",
    "good night and good luck",
    "one two three",
    "one two three four five",
    "red green blue",
    "yes and no",
    "left and right",
    "we are ready to go",
    "everything is fine",
    "the answer is forty two",
    "the meeting is at ten o'clock",
    "please call me tomorrow",
    "open the door",
    "close the window",
    "turn on the light",
    "what time is it",
    "i can hear you",
    "can you hear me",
    "something funny",
    "banana",
    "computer",
    "apple",
    "water",
)

OPEN_COMMANDS = ("repeat after me", "say", "spell", "spell the word", "how do you spell")
"""Before a pause; the words come in the next turn."""

ECHO_LEADS = ("repeat after me", "please repeat after me", "say", "please say", "repeat", "can you say", "now say")

_SPELLINGS = """
hello world apple banana orange house water computer music voice table chair window garden school teacher student
family mother father brother sister friend people children morning evening night today tomorrow yesterday monday
tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
november december summer winter spring autumn weather rain snow wind cloud river mountain ocean island forest flower
animal dog cat horse bird fish tiger lion elephant rabbit mouse bread butter cheese coffee tea sugar salt pepper
chicken potato tomato chocolate dinner breakfast lunch kitchen bathroom bedroom street city country london paris
berlin america england france germany italy spain europe africa china japan canada australia language english word
letter number question answer story book paper pencil phone telephone television radio camera machine engine robot
internet keyboard screen button picture color red green blue yellow purple black white silver gold doctor hospital
police office money market business company manager meeting train airplane bicycle station airport holiday birthday
christmas party happy beautiful wonderful important necessary different difficult favorite interesting dangerous
delicious knowledge science history physics biology mathematics psychology rhythm receive believe separate definitely
because through although enough daughter neighbor island knife guide realtime microphone session silence noise
threshold eagerness speech alphabet dictionary mississippi john mary peter david michael robert james anna emma thomas
"""
SPELLINGS = tuple(_SPELLINGS.split())
