"""What there is to run, as a record."""

from mesascope.organisms.catalogue import CATALOGUE
from mesascope.organisms.trained import DEFAULT, PRESETS, TRAINED
from mesascope.organisms.zoo import ZOO, Truth
from mesascope.records.output import (
    OrganismRecord,
    OrganismsRecord,
    PresetRecord,
    SpecimenRecord,
)


def list_organisms() -> OrganismsRecord:
    """Return the catalogue, and the zoo with its truths."""
    organisms = [
        OrganismRecord(
            name=name,
            description=entry.description,
            presets=[
                PresetRecord(name=preset, story=story, default=preset == entry.default)
                for preset, story in entry.presets.items()
            ],
        )
        for name, entry in CATALOGUE.items()
    ]
    organisms += [
        OrganismRecord(
            name=name,
            description=entry.description,
            presets=[
                PresetRecord(name=preset, story=chosen.story, default=preset == DEFAULT)
                for preset, chosen in PRESETS.items()
            ],
        )
        for name, entry in TRAINED.items()
    ]
    zoo = [
        SpecimenRecord(name=name, system=specimen.make().name, truth=_in_words(specimen.truth))
        for name, specimen in ZOO.items()
    ]
    return OrganismsRecord(organisms=organisms, zoo=zoo)


def _in_words(truth: Truth) -> str:
    horizon = "to the end" if truth.horizon is None else f"{truth.horizon} plies ahead"
    searched = f", {horizon}" if truth.selection == "yes" else ""
    objective = f"; wants {truth.objective.name}" if truth.objective is not None else ""
    return f"selection {truth.selection}{searched}{objective}. {truth.note}"
