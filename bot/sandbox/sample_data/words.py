"""Words for the sample rows."""

PRODUCTS = (
    "Kaltbach 40 borehole pump",
    "Sonnenfeld 5 kW inverter",
    "Rheinquell 12 booster pump",
    "Lichtdach panel set",
    "Tiefwasser 90 submersible pump",
    "Mittagsspitze battery rack",
    "Quellmeister controller",
    "Seewind circulator",
)
FAULTS = (
    "vibrates at full load",
    "shows error E-17",
    "loses pressure overnight",
    "does not restart after a power outage",
    "leaks at the shaft seal",
    "delivers less than the nameplate says",
    "makes a grinding noise",
    "reports the wrong temperature",
    "trips the breaker",
)
TASKS = (
    "replace the shaft seal of",
    "update the firmware of",
    "winterize",
    "read the error log of",
    "align the coupling of",
    "reset",
)
COMPANIES = (
    "Müller & Söhne",
    "O'Brien",
    "Kraków Municipal",
    "Ærø Island",
    "Łódź Textile",
    "São Bento",
    "Blue Yonder",
    "Fjällräven Valley",
    "Grüner Hof",
    "Proseware",
    "Côte d'Azur",
    "Adatum",
    "Dvořák Brothers",
    "Humongous",
    "Çelik",
    "Northwind",
)
TRADES = ("Wasserwerke", "Irrigation Ltd", "Solar Park", "Dairy & Cheese")
FIRST_NAMES = ("Nancy", "Jürgen", "Aoife", "Tomás", "Zoë", "Siobhán", "Björn", "Małgorzata", "Yosef", "Amira", "Renée")
LAST_NAMES = ("Anderson", "Groß", "O'Leary", "Nuñez", "Szymański", "D'Angelo", "Østergård", "Weiß", "Smith-Jones")
CITIES = (
    ("Freiburg", "Germany", "79098", 47.9990, 7.8421),
    ("Cork", "Ireland", "T12", 51.8985, -8.4756),
    ("Kraków", "Poland", "30-001", 50.0647, 19.9450),
    ("São Paulo", "Brazil", "01000-000", -23.5505, -46.6333),
    ("Tucson", "USA", "85701", 32.2226, -110.9747),
    ("Haifa", "Israel", "3100000", 32.7940, 34.9896),
    ("Alexandria", "Egypt", "21500", 31.2001, 29.9187),
)
JOBS = ("Plant Manager", "Head of Maintenance", "Buyer", "Electrician", "Farm Owner", "Energy Consultant")

IMAGE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""An image of one gray pixel, inline as in rich text."""


def pick(words: tuple[str, ...], number: int) -> str:
    """Return the word for a row's number, starting over after the last word."""
    return words[number % len(words)]
