"""Write calendar_sync/country_names.tsv: what countries are called in seven languages, from CLDR (through babel).

Built, so that no command waits for the names of seven languages to load. Columns: ISO 3166-1 alpha-2 code, short
English name in United Nations usage, other names folded by `calendar_sync.wording.plain` and joined by |.
CLDR: Unicode License v3.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel import Locale

from calendar_sync.wording import plain

OUT = Path(__file__).resolve().parents[1] / "calendar_sync" / "country_names.tsv"
LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar", "zh", "zh_Hant")
NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ"})
# Short names in United Nations usage where CLDR's differ.
SHORT = {
    "BO": "Bolivia", "CD": "Democratic Republic of the Congo", "CG": "Congo", "CI": "Côte d’Ivoire",
    "CV": "Cabo Verde", "CZ": "Czechia", "FM": "Micronesia", "HK": "Hong Kong", "KN": "Saint Kitts and Nevis",
    "KP": "DPR Korea", "KR": "Republic of Korea", "LA": "Lao PDR", "LC": "Saint Lucia", "MM": "Myanmar", "MO": "Macao",
    "PS": "Palestine", "ST": "Sao Tome and Principe", "TR": "Türkiye", "VC": "Saint Vincent and the Grenadines",
    "VN": "Viet Nam", "AG": "Antigua and Barbuda", "TT": "Trinidad and Tobago", "BA": "Bosnia and Herzegovina",
}  # fmt: skip
# What CLDR does not list: former names, long and inverted forms, common short ones.
ALSO = {
    "AE": "UAE|Emirates|Emirats arabes unis|EAU|ОАЭ|الإمارات|الإمارات العربية المتحدة|阿联酋",
    "BA": "Bosnia|Bosnia-Herzegovina|Bosnie-Herzégovine",
    "BF": "Burkina|Upper Volta|Haute-Volta|Alto Volta", "BJ": "Dahomey",
    "BN": "Brunei Darussalam|Brunéi Darussalam|Brunei|Brunéi Darussalam",
    "BO": "Bolivia (Plurinational State of)|Plurinational State of Bolivia|Bolivie (État plurinational de)|"
          "Bolivia (Estado Plurinacional de)|Estado Plurinacional de Bolivia|État plurinational de Bolivie",
    "BS": "The Bahamas", "BY": "Byelorussia|Bélarus|Biélorussie|Belorussia|Беларусь|Белоруссия|Республика Беларусь",
    "CD": "Democratic Republic of the Congo|Congo, Democratic Republic of the|DRC|DR Congo|D.R. Congo|Zaire|Zaïre|"
          "République démocratique du Congo|RDC|R.D. Congo|RD Congo|Congo (République démocratique du)|"
          "República Democrática del Congo|República Democrática do Congo|Congo-Kinshasa|"
          "Демократическая Республика Конго|ДРК|جمهورية الكونغو الديمقراطية|刚果民主共和国",
    "CG": "Congo|Republic of the Congo|Congo, Republic of the|République du Congo|Congo-Brazzaville|"
          "República del Congo|República do Congo|Республика Конго|الكونغو",
    "CF": "CAR|RCA|République centrafricaine|Centrafrique",
    "CI": "Ivory Coast|Cote d'Ivoire|República de Côte d'Ivoire|Costa de Marfil|Кот-д'Ивуар|كوت ديفوار",
    "CN": "People's Republic of China|PRC|RPC|Chine populaire|République populaire de Chine|中华人民共和国",
    "CV": "Cape Verde|Cap-Vert|Cabo Verde",
    "CZ": "Czech Republic|République tchèque|República Checa|Чешская Республика",
    "DO": "Dominican Republic|República Dominicana|République dominicaine|Rep. Dominicana",
    "EH": "Sahrawi Republic|Saharawi Republic|Sahrawi Arab Democratic Republic",
    "ER": "State of Eritrea", "FJ": "Fiji Islands|Fidji|Fiyi",
    "FM": "Micronesia (Federated States of)|Federated States of Micronesia|Micronésie (États fédérés de)",
    "GB": "UK|U.K.|Great Britain|United Kingdom of Great Britain and Northern Ireland|"
          "Royaume-Uni de Grande-Bretagne et d'Irlande du Nord|Reino Unido de Gran Bretaña e Irlanda del Norte|"
          "Соединенное Королевство|England|Scotland|Wales",
    "GM": "The Gambia|La Gambie|Republic of The Gambia", "GW": "Guinea Bissau|Guinée-Bissau|Guinea-Bissáu",
    "HK": "Hong Kong", "IR": "Iran (Islamic Republic of)|Islamic Republic of Iran|Iran (République islamique d')|"
          "République islamique d'Iran|República Islámica del Irán|Irán (República Islámica del)|"
          "Исламская Республика Иран|جمهورية إيران الإسلامية",
    "KG": "Kyrgyz Republic|République kirghize|República Kirguisa|Киргизская Республика|Кыргызская Республика|"
          "Kirghizistan|Kirgizstan|Кыргызстан|Киргизия",
    "KH": "Kampuchea|Kingdom of Cambodia", "KN": "St. Kitts and Nevis|Saint Kitts & Nevis|St Kitts & Nevis",
    "KP": "DPRK|Democratic People's Republic of Korea|République populaire démocratique de Corée|"
          "República Popular Democrática de Corea|КНДР|Korea, Democratic People's Republic of",
    "KR": "Republic of Korea|Korea, Republic of|ROK|République de Corée|República de Corea|República da Coreia|"
          "Республика Корея|جمهورية كوريا|大韩民国|South Korea|Korea (Republic of)",
    "LA": "Lao People's Democratic Republic|Lao PDR|République démocratique populaire lao|"
          "República Democrática Popular Lao|Лаосская Народно-Демократическая Республика",
    "LC": "St. Lucia|St Lucia", "LK": "Ceylon",
    "LY": "Libyan Arab Jamahiriya|Jamahiriya arabe libyenne|Jamahiriya Árabe Libia|Great Socialist People's Libyan "
          "Arab Jamahiriya|Libia|Libyen",
    "MD": "Republic of Moldova|Moldova, Republic of|Moldova (Republic of)|République de Moldova|República de Moldova|"
          "Moldavia|Молдавия|Республика Молдова",
    "MK": "Macedonia|North Macedonia|FYROM|FYR Macedonia|The former Yugoslav Republic of Macedonia|"
          "Former Yugoslav Republic of Macedonia|l'ex-République yougoslave de Macédoine|Macédoine|"
          "la ex República Yugoslava de Macedonia",
    "MM": "Burma|Birmanie|Birmania|Union of Myanmar|Мьянма|Бирма", "MO": "Macao|Macau",
    "NL": "The Netherlands|Holland|Kingdom of the Netherlands|Netherlands (Kingdom of the)|Royaume des Pays-Bas",
    "PS": "Palestine|State of Palestine|Palestinian Authority|État de Palestine|Estado de Palestina|"
          "Государство Палестина|دولة فلسطين|فلسطين|巴勒斯坦国",
    "RU": "Russian Federation|Fédération de Russie|Federación de Rusia|Federação Russa|Federação da Rússia|"
          "Российская Федерация|РФ|الاتحاد الروسي|俄罗斯联邦",
    "RW": "Rwandese Republic", "SA": "KSA|Kingdom of Saudi Arabia|Royaume d'Arabie saoudite|السعودية|沙特",
    "ST": "São Tomé|Sao Tome and Principe|Santo Tomé y Príncipe|São Tomé e Príncipe|Sao Tomé-et-Principe",
    "SY": "Syrian Arab Republic|République arabe syrienne|República Árabe Siria|Сирийская Арабская Республика|"
          "الجمهورية العربية السورية|阿拉伯叙利亚共和国",
    "SZ": "Swaziland|Kingdom of Swaziland|Eswatini|Suazilandia|Suazilândia|Свазиленд|سوازيلاند|斯威士兰",
    "TL": "Timor-Leste|East Timor|Timor oriental|Timor Oriental|Восточный Тимор",
    "TR": "Turkey|Türkiye|Turkiye|Republic of Turkey", "TT": "Trinidad & Tobago|Trinidad y Tobago|Trinité-et-Tobago",
    "TZ": "United Republic of Tanzania|Tanzania (United Republic of)|Tanzania, United Republic of|"
          "République-Unie de Tanzanie|Tanzanie (République-Unie de)|República Unida de Tanzania|"
          "República Unida da Tanzânia|Объединенная Республика Танзания|جمهورية تنزانيا المتحدة|"
          "坦桑尼亚联合共和国",
    "US": "USA|U.S.A.|US|U.S.|United States|United States of America|États-Unis d'Amérique|Etats-Unis|"
          "Estados Unidos de América|Estados Unidos da América|EE.UU.|EE. UU.|EEUU|EUA|E.U.A.|США|"
          "Соединенные Штаты|Соединенные Штаты Америки|Соединённые Штаты Америки|الولايات المتحدة الأمريكية|"
          "美利坚合众国",
    "VA": "Holy See|Saint-Siège|Santa Sede|Santa Sé|Святейший Престол|الكرسي الرسولي|教廷",
    "VC": "St. Vincent and the Grenadines|St Vincent & the Grenadines|St. Vincent",
    "VE": "Venezuela (Bolivarian Republic of)|Bolivarian Republic of Venezuela|Venezuela (République bolivarienne du)|"
          "República Bolivariana de Venezuela|Venezuela (República Bolivariana de)",
    "VN": "Viet Nam|Vietnam|Socialist Republic of Viet Nam|Việt Nam", "WS": "Western Samoa|Samoa-Occidental",
    "YE": "Republic of Yemen", "ZW": "Rhodesia",
}  # fmt: skip


def main() -> None:
    """Build the table."""
    english = Locale("en").territories
    codes = sorted(code for code in english if re.fullmatch("[A-Z]{2}", code) and code not in NO_COUNTRY)
    taken: dict[str, str] = {}
    for code in codes:
        for name in (SHORT.get(code, ""), *ALSO.get(code, "").split("|")):
            taken.setdefault(plain(name), code)
    for language in LANGUAGES:
        for code in codes:
            name = plain(Locale.parse(language).territories.get(code, ""))
            taken.setdefault(name, code)
            if " " not in name and language == "ar":
                taken.setdefault(name.removeprefix("ال"), code)
    lines = []
    for code in codes:
        names = sorted(name for name, owner in taken.items() if owner == code and name)
        lines.append("\t".join((code, SHORT.get(code, str(english[code])), "|".join(names))))
    OUT.write_text(
        "# Names of countries in seven languages: Unicode CLDR (Unicode License v3), with former names and short forms "
        "added.\n# Written by scripts/build_country_names.py.\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    print(f"{len(lines)} countries, {OUT.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
