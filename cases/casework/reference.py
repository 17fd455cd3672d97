"""Norway's law as dated rows: loaded once, and again without harm.

Amounts: NOU 2019: 26 (committee) and Prop. 92 L (2020-2021) (bill). None of them was ever in force
as an exemption from punishment; they are shown as information, with their source.
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from cases.casework.models import (
    LawProfile,
    LegalBasis,
    Substance,
    Threshold,
    ThresholdTable,
)

DATA = Path(__file__).parent / "data" / "thresholds.csv"
BILL = "Prop. 92 L (2020-2021)"
COMMITTEE = "NOU 2019: 26"
PROFILES_SINCE = date(2020, 1, 1)

# code: (bokmål, nynorsk, English, column of the file, source, published)
TABLES = {
    "no-bill-no-punishment": (
        "Lovforslaget 2021: grense for straffri befatning",
        "Lovforslaget 2021: grense for straffri innehaving",
        "2021 bill: limit of no punishment",
        "bill_no_punishment", BILL, date(2021, 2, 19),
    ),
    "no-bill-waiver": (
        "Lovforslaget 2021: grense for påtaleunnlatelse",
        "Lovforslaget 2021: grense for påtaleunnlating",
        "2021 bill: limit of waiver as main rule",
        "bill_waiver_main_rule", BILL, date(2021, 2, 19),
    ),
    "no-committee-majority": (
        "Rusreformutvalget: flertallet", "Rusreformutvalet: fleirtalet",
        "Drug reform committee: majority",
        "committee_majority", COMMITTEE, date(2019, 12, 19),
    ),
    "no-committee-minority": (
        "Rusreformutvalget: mindretallet", "Rusreformutvalet: mindretalet",
        "Drug reform committee: minority",
        "committee_minority", COMMITTEE, date(2019, 12, 19),
    ),
}  # fmt: skip

SUBSTANCES = {
    "heroin": ("heroin", "heroin", "heroin"),
    "cocaine": ("kokain", "kokain", "cocaine"),
    "amphetamine": (
        "amfetamin og metamfetamin", "amfetamin og metamfetamin",
        "amphetamine and methamphetamine",
    ),
    "ghb_gbl_bd": ("GHB, GBL og 1,4-butandiol", "GHB, GBL og 1,4-butandiol", "GHB, GBL and 1,4-BD"),
    "lsd_blotter": ("LSD, drypp", "LSD, drypp", "LSD, blotters"),
    "lsd_pure": ("LSD, rent stoff", "LSD, reint stoff", "LSD, pure"),
    "mdma_powder": ("MDMA, pulver eller krystaller", "MDMA, pulver eller krystall", "MDMA powder"),
    "cannabis": ("cannabis", "cannabis", "cannabis"),
    "psilocybin_mushroom": ("fleinsopp", "fleinsopp", "psilocybin mushrooms"),
    "khat": ("khat", "khat", "khat"),
    "medicine": ("legemidler", "legemiddel", "medicines"),
}  # fmt: skip

KINDS = {
    "police_order": (
        "Pålegg fra politiet om oppmøte", "Pålegg frå politiet om oppmøte",
        "Police order to appear",
    ),
    "waiver": (
        "Vilkår i påtaleunnlatelse", "Vilkår i påtaleunnlating",
        "Condition in a waiver of prosecution",
    ),
    "judgment": ("Vilkår i dom", "Vilkår i dom", "Condition in a judgment"),
    "transfer": ("Overføring av saken", "Overføring av saka", "Transfer of the case"),
    "own_wish": ("Eget ønske", "Eige ønske", "Own wish"),
}  # fmt: skip

# code: (names, source, bases: kind → sender, threshold table, attendances, days, reference)
PROFILES: dict[
    str, tuple[tuple[str, str, str], str, dict[str, tuple[str, str, int, int | None, str]]]
] = {
    "no-2021-bill": (
        ("Lovforslaget 2021 (rusreformen)", "Lovforslaget 2021 (rusreforma)", "2021 bill"),
        BILL,
        {
            "police_order": ("police", "no-bill-no-punishment", 1, 30, BILL),
            "transfer": ("police", "", 1, 30, BILL),
            "own_wish": ("", "", 1, None, ""),
        },
    ),
    "no-2022-law": (
        ("Loven fra 1. juli 2022", "Lova frå 1. juli 2022", "Law in force since 1 July 2022"),
        "Act of 18 June 2021 no. 117; condition letters as renumbered, to be checked",
        {
            "waiver": ("prosecutor", "", 1, 60, "straffeprosessloven § 69, straffeloven § 37 j"),
            "judgment": ("court", "", 1, 60, "straffeloven § 37 j"),
            "own_wish": ("", "", 1, None, ""),
        },
    ),
    "no-2025-proposal": (
        ("Forslaget fra 2025", "Framlegget frå 2025", "2025 proposal"),
        "Prop. 112 L (2024-2025), NOU 2024: 12; adoption and dates to be checked",
        {
            "waiver": ("prosecutor", "", 2, 90, "Prop. 112 L (2024-2025)"),
            "judgment": ("court", "", 2, 90, "Prop. 112 L (2024-2025)"),
            "transfer": ("prosecutor", "", 1, 60, "NOU 2024: 12, § 71 d"),
            "own_wish": ("", "", 1, None, ""),
        },
    ),
}


def load_law() -> None:
    """Profiles, legal bases, substances and thresholds. Rows that stand are left as they are."""
    _load_thresholds()
    for code, (names, source, bases) in PROFILES.items():
        profile, _made = LawProfile.objects.get_or_create(
            code=code, defaults={**_names(names), "source": source}
        )
        for position, (kind, rules) in enumerate(bases.items()):
            _load_basis(profile, kind, position, rules)


def _load_thresholds() -> None:
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    substances = {row["substance"]: _load_substance(row) for row in rows}
    for code, (*names, column, source, published_on) in TABLES.items():
        table, made = ThresholdTable.objects.get_or_create(
            code=code,
            defaults={
                **_names(names), "source": source, "published_on": published_on,
                "valid_from": PROFILES_SINCE,
            },
        )  # fmt: skip
        if made:
            Threshold.objects.bulk_create(
                Threshold(
                    table=table, substance=substances[r["substance"]], amount=Decimal(r[column])
                )
                for r in rows
                if r[column]
            )


def _load_substance(row: dict[str, str]) -> Substance:
    names = _names(SUBSTANCES[row["substance"]])
    return Substance.objects.get_or_create(
        code=row["substance"], defaults={**names, "measured_in": row["unit"]}
    )[0]


def _load_basis(
    profile: LawProfile, kind: str, position: int, rules: tuple[str, str, int, int | None, str]
) -> None:
    sender_kind, table, attendances, days, reference = rules
    LegalBasis.objects.get_or_create(
        profile=profile,
        kind=kind,
        valid_from=PROFILES_SINCE,
        defaults={
            **_names(KINDS[kind]),
            "position": position,
            "legal_reference": reference,
            "sender_kind": sender_kind,
            "threshold_table": ThresholdTable.objects.get(code=table) if table else None,
            "attendances": attendances,
            "days_to_deadline": days,
        },
    )


def _names(names: tuple[str, ...] | list[str]) -> dict[str, str]:
    return dict(zip(("name_nb", "name_nn", "name_en"), names, strict=True))
