"""Regions of the world: which countries each holds (UN M49), and what a text calls them."""

from functools import cache

# Standard country or area codes for statistical use (M49) of the United Nations Statistics Division: each region with
# the regions that make it up or, as ISO 3166-1 alpha-3, its countries and areas. Antarctica is in none, and Taiwan is
# not listed there.
_WITHIN: dict[str, str] = {
    "002": "015 202",
    "015": "DZA EGY ESH LBY MAR SDN TUN",
    "202": "011 014 017 018",
    "011": "BEN BFA CIV CPV GHA GIN GMB GNB LBR MLI MRT NER NGA SEN SHN SLE TGO",
    "014": "ATF BDI COM DJI ERI ETH IOT KEN MDG MOZ MUS MWI MYT REU RWA SOM SSD SYC TZA UGA ZMB ZWE",
    "017": "AGO CAF CMR COD COG GAB GNQ STP TCD",
    "018": "BWA LSO NAM SWZ ZAF",
    "019": "419 021",
    "419": "005 013 029",
    "005": "ARG BOL BRA BVT CHL COL ECU FLK GUF GUY PER PRY SGS SUR URY VEN",
    "013": "BLZ CRI GTM HND MEX NIC PAN SLV",
    "029": "ABW AIA ATG BES BHS BLM BRB CUB CUW CYM DMA DOM GLP GRD HTI JAM KNA LCA MAF MSR MTQ PRI SXM TCA TTO VCT "
    "VGB VIR",
    "021": "BMU CAN GRL SPM USA",
    "142": "143 030 034 035 145",
    "143": "KAZ KGZ TJK TKM UZB",
    "030": "CHN HKG JPN KOR MAC MNG PRK",
    "034": "AFG BGD BTN IND IRN LKA MDV NPL PAK",
    "035": "BRN IDN KHM LAO MMR MYS PHL SGP THA TLS VNM",
    "145": "ARE ARM AZE BHR CYP GEO IRQ ISR JOR KWT LBN OMN PSE QAT SAU SYR TUR YEM",
    "150": "151 154 039 155",
    "151": "BGR BLR CZE HUN MDA POL ROU RUS SVK UKR",
    "154": "ALA DNK EST FIN FRO GBR GGY IMN IRL ISL JEY LTU LVA NOR SJM SWE",
    "039": "ALB AND BIH ESP GIB GRC HRV ITA MKD MLT MNE PRT SMR SRB SVN VAT",
    "155": "AUT BEL CHE DEU FRA LIE LUX MCO NLD",
    "009": "053 054 057 061",
    "053": "AUS CCK CXR HMD NFK NZL",
    "054": "FJI NCL PNG SLB VUT",
    "057": "FSM GUM KIR MHL MNP NRU PLW UMI",
    "061": "ASM COK NIU PCN PYF TKL TON TUV WLF WSM",
}
REGIONS = tuple(_WITHIN)  # each before those within it
CONTINENTS = ("002", "019", "142", "150", "009")
_PARENT = {member: region for region, members in _WITHIN.items() for member in members.split()}


def widened(places: tuple[str, ...]) -> tuple[str, ...]:
    """The regions that hold any of these places (countries by alpha-3, regions by M49), and regions among them."""
    found: set[str] = set()
    for place in places:
        region = place if place in _WITHIN else _PARENT.get(place, "")
        while region:
            found.add(region)
            region = _PARENT.get(region, "")
    return tuple(region for region in REGIONS if region in found)


@cache
def countries_of(region: str) -> tuple[str, ...]:
    """The countries and areas of a region, by code; none for what is no region."""
    found: set[str] = set()
    for member in _WITHIN.get(region, "").split():
        found.update(countries_of(member) if member in _WITHIN else (member,))
    return tuple(sorted(found))
