"""Claims made from templates: a background of many different ones for training, and as many as wanted for timing."""

import random

SUBJECTS = "a baker,a nurse,two divers,a retired teacher,a street musician,an engineer,a gardener,a bus driver,a chess champion,a shepherd,a beekeeper,a pilot,the mayor's cat,a swimming coach,a puppet player,three students,a fisherman,a night watchman,an opera singer,a lighthouse keeper".split(
    ","
)
FIRST = "Marlo Pia Tomas Odile Basil Greta Ivo Lunes Sami Edda Noel Rahel Jorun Kito Alma Viggo Nadja Emil Suri Otto Hana Brice Ylva Deniz".split()
LAST = "Denning Fennimore Reyl Varga Thornwick Holm Castell Oduya Brandt Silva Marek Tanaka Lund Osei Petri Valle Kraus Nadir Storm Aoki".split()
PLACES = "Belcourt Torvale Elmsworth Grayfield Halden Sanport Brendal Corvan Mirefold Lumera Oranville Pendrel Harnow Kestrel Norby Dunmere Ashgrove Fellbrook Quillon Vernay Lakeside Stonebury Ridgeport Millhaven Eastwick Redfern Saltmarsh Winterbourne Clearwater Foxley".split()
THINGS = "bicycle,clock tower,wooden bridge,fishing boat,piano,vending machine,greenhouse,telescope,carousel,street lamp,water mill,stone statue,cable car,ice rink,library book,hot-air balloon,tram,lighthouse lamp,wedding cake,tractor,vineyard,snow plough,camera,drum,satellite dish".split(
    ","
)
ANIMALS = "owl,crocodile,giraffe,penguin,bear,parrot,python,turtle,monkey,shark,hedgehog,swan,camel,lynx,otter,kangaroo,beetle,squid,donkey,wolf".split(
    ","
)
FOODS = "pumpkin seeds,green tea,black pepper,coconut milk,red wine,raw onions,dark chocolate,beetroot juice,chia seeds,brown rice,peanut butter,sauerkraut,watermelon,goat cheese,dried figs,mustard,celery,oat milk,blueberries,pickled garlic".split(
    ","
)
ILLS = "migraine,arthritis,baldness,insomnia,high blood pressure,asthma,kidney stones,eczema,snoring,back pain,gout,hay fever,tooth decay,varicose veins,anaemia,food allergies,muscle cramps,night blindness,warts,heartburn".split(
    ","
)
EVENTS = "storm,flood,heat wave,football match,power cut,music festival,earthquake,school trip,snowfall,eclipse,harvest,carnival,boat race,street market,landslide".split(
    ","
)
VERBS = "cures,prevents,causes,worsens,doubles the risk of,halves the risk of".split(",")
PATTERNS = [
    "{food} {verb} {ill}.",
    "Eating {food} every morning {verb} {ill} within {n} days.",
    "A photograph shows {a_animal} in the streets of {place} after the {event}.",
    "A video shows {a_animal} riding on a {thing} in {place}.",
    "{name} said that {food} should be banned in {place}.",
    "{name} gave {n} dollars to {subject} from {place}.",
    "{subject} from {place} built a {thing} out of {n} bottles.",
    "The town of {place} replaced its {thing} with a {thing2} that cost {n} million dollars.",
    "{name} was arrested in {place} for stealing a {thing}.",
    "The {event} in {place} destroyed {n} houses and a {thing}.",
    "Scientists found that people who own a {thing} live {n} years longer.",
    "{a_animal} escaped from the zoo of {place} during the {event}.",
    "A letter warns that a {thing} in {place} is infected with a computer virus.",
    "{name} died during the {event} in {place}.",
    "The post office of {place} gives away a {thing} to the first {n} visitors.",
    "Schools in {place} close for {n} days because of the {event}.",
    "{subject} ate {n} kilograms of {food} in an hour.",
    "A study from {place} links {food} to {ill}.",
    "{name} wrote a song about the {event} of {place}.",
    "A {thing} found in {place} is {n} years old.",
]  # fmt: skip


def made_up_claims(n: int, seed: int = 0) -> list[str]:
    """n different claims; the same for a seed."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < n:
        animal = rng.choice(ANIMALS)
        text = rng.choice(PATTERNS).format(
            food=rng.choice(FOODS), verb=rng.choice(VERBS), ill=rng.choice(ILLS), place=rng.choice(PLACES),
            event=rng.choice(EVENTS), thing=rng.choice(THINGS), thing2=rng.choice(THINGS), subject=rng.choice(SUBJECTS),
            name=f"{rng.choice(FIRST)} {rng.choice(LAST)}", n=rng.choice([2, 3, 5, 7, 12, 20, 30, 40, 75, 100, 250, 400, 900]),
            a_animal=f"an {animal}" if animal[0] in "aeiou" else f"a {animal}",
        )  # fmt: skip
        found[text[0].upper() + text[1:]] = None
    return list(found)
