"""Every official example is recognised for what it is: its code, its document templates and versions, its body, its wrapping."""

from __future__ import annotations

from pathlib import Path

import pytest
from judging_files import AT

from harness.checks import recognition
from harness.checks.tree import nodes_of
from harness.documents import read
from harness.library import Library

# example | code | document templates (root#extension, without the two general ones) | body | wrapped in
EXAMPLES = """
ANEST-CR-ANEST_2022.01|77436-4|1.2.250.1.213.1.1.1.40#2022.01|N3
ANEST-CR-CPA_2022.01|34749-2|1.2.250.1.213.1.1.1.41#2022.01|N3
AVC-PAVC_2022.01|11488-4|1.2.250.1.213.1.1.1.25#2022.01|N3
BIO-CR-BIO_2021.01_Auto-Presentable_avec-image|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55|N3|stylesheet
BIO-CR-BIO_2021.01_Electrophorese|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55|N3
BIO-CR-BIO_2021.01_Microbiologie_V1|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55|N3
BIO-CR-BIO_2021.01_Microbiologie_V2|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55|N3
BIO-CR-BIO_2023.01_Electrophorese|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55#2023.01|N3
BIO-CR-BIO_2024.01_CR-2nde-intention-PDF|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55#2024.01|N3
BIO-CR-BIO_2024.01_DEP-CCU-tout-structuré|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55#2024.01|N3
BIO-CR-BIO_2024.01_Glycémie mole|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55#2024.01|N3
BIO-CR-BIO_2024.01_Microbiologie_V1|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55#2024.01|N3
BIO-CR-BIO_2024.01_Microbiologie_V2|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55#2024.01|N3
BIO-CR-BIO_2024.01_TSH_2|11502-2|1.3.6.1.4.1.19376.1.3.3 1.2.250.1.213.1.1.1.55|N3
BIO-TROD_2024.01_COVID-19|96173-0|1.3.6.1.4.1.19376.1.5.3.1.1.1 1.2.250.1.213.1.1.1.59#2024.01|N3
CANCER-CR-GM_2022.01_AnalyseNonRealisee|51969-4|1.2.250.1.213.1.1.1.32#2022.01|N3
CANCER-D2LM-FIN_2022.01|18748-4|1.2.250.1.213.1.1.1.27#2022.01|N3
CANCER-FRCP_2022.01_Transversale|34794-8|1.2.250.1.213.1.1.1.8#2022.01|N3
CANCER-PPS_2022.01_Autopresentable|18776-5|1.2.250.1.213.1.1.1.26#2022.01|N3|stylesheet
CANCER-PPS_2022.01_feuille-de-style-externe|18776-5|1.2.250.1.213.1.1.1.26#2022.01|N3
CARD-F-PRC-AVK_2022.01|34133-9|1.3.6.1.4.1.19376.1.5.3.1.1.2 1.2.250.1.213.1.1.1.2.1 1.2.250.1.213.1.1.1.2.1.1#2022.01|N3
CARD-F-PRC-DCI_2022.01|34133-9|1.3.6.1.4.1.19376.1.5.3.1.1.2 1.2.250.1.213.1.1.1.2.1 1.2.250.1.213.1.1.1.2.1.3#2022.01|N3
CARD-F-PRC-PPV_2022.01|34133-9|1.3.6.1.4.1.19376.1.5.3.1.1.2 1.2.250.1.213.1.1.1.2.1 1.2.250.1.213.1.1.1.2.1.5#2022.01|N3
CARD-F-PRC-TAP_2022.01|34133-9|1.3.6.1.4.1.19376.1.5.3.1.1.2 1.2.250.1.213.1.1.1.2.1 1.2.250.1.213.1.1.1.2.1.2#2022.01|N3
CNAM-HR_2021.01|REMB|1.2.250.1.213.1.1.1.36#2021.01|N3
CNAM-HR_2021.01_sans-info|REMB|1.2.250.1.213.1.1.1.36#2021.01|N3
CSE-CS24_2024.01|CERT_DECL|1.2.250.1.213.1.1.1.5 1.2.250.1.213.1.1.1.5.3#2024.01|N3
CSE-CS24_2025.01|CERT_DECL|1.2.250.1.213.1.1.1.5 1.2.250.1.213.1.1.1.5.3#2025.01|N3
CSE-CS8_2025.01|CERT_DECL|1.3.6.1.4.1.19376.1.7.3.1.1.13.1 1.2.250.1.213.1.1.1.5 1.2.250.1.213.1.1.1.5.1#2025.01|N3
CSE-MDE_2023.01|29274-8|1.3.6.1.4.1.19376.1.5.3.1.1.1 1.2.250.1.213.1.1.1.5 1.2.250.1.213.1.1.1.5.4#2023.01|N3
DLU-EHPAD-DLU_2022.01|74207-2|1.2.250.1.213.1.1.1.22#2022.01|N3
DLU-EHPAD-FLUDR_2022.01|74207-2|1.2.250.1.213.1.1.1.24#2022.01|N3
DOC_NON_STRUCTURE_CDA-R2-N1|11502-2|1.3.6.1.4.1.19376.1.2.20|N1
IMG-DA-IMG_2024.01_Mammo-Echo-Seins|55115-0|1.2.840.10008.9.20 1.2.250.1.213.1.1.1.47#2024.01|N3
IMG-DA-IMG_2024.01_Radiographie_Echographie_SeinThorax|55115-0|1.2.840.10008.9.20 1.2.250.1.213.1.1.1.47#2024.01|N3
IMG-DA-IMG_2024.01_Radiographie_Scanner_Genou|55115-0|1.2.840.10008.9.20 1.2.250.1.213.1.1.1.47#2024.01|N3
IMG-DA-IMG_2024.01_TEP_Thorax|55115-0|1.2.840.10008.9.20 1.2.250.1.213.1.1.1.47#2024.01|N3
IMG_CR_IMG_2024.01|18748-4|1.2.840.10008.9.1 1.2.840.10008.9.20 1.2.840.10008.9.21 1.2.250.1.213.1.1.1.45#2024.01|N3
IPS-FR_2024.01|60591-5|2.16.840.1.113883.10.22.1.1 1.2.250.1.213.1.1.1.51#2024.01|N3
IPS-FR_2024.01_DLU|74207-2|2.16.840.1.113883.10.22.1.1 1.2.250.1.213.1.1.1.51#2024.01|N3
LDL-EES_2022.01|18761-7|1.2.250.1.213.1.1.1.21#2022.01|N3
LDL-SES_2022.01|11490-0|1.2.250.1.213.1.1.1.29#2022.01|N3
OBP-SCM_2024.01|89235-6|1.2.250.1.213.1.1.1.12.4#2024.01|N3
OBP-SNE_2024.01|57075-4|1.2.250.1.213.1.1.1.12.3#2024.01|N3
OBP-SNM_2024.01|57057-2|1.2.250.1.213.1.1.1.12.2#2024.01|N3
SDM-MR_2022.01|34133-9|1.2.250.1.213.1.1.1.30#2022.01|N3
SDM-MR_2024.01_nouveau-ne|34133-9|1.2.250.1.213.1.1.1.30#2024.01|N3
SDM-MR_2024.01_patiente-enceinte|34133-9|1.2.250.1.213.1.1.1.30#2024.01|N3
TLM-CR_2022.01|85208-7|1.3.6.1.4.1.19376.1.2.20|N1
TLM-DA_2022.01_TCG|75496-0|1.2.250.1.213.1.1.1.38#2022.01|N3
TLM-DA_2022.01_TCG_anamnèse-non-structurée|75496-0|1.2.250.1.213.1.1.1.38#2022.01|N3
TLM-DA_2022.01_TE1_anamnèse-non-structurée|75496-0|1.2.250.1.213.1.1.1.38#2022.01|N3
VAC-NOTE_2023.01|87273-9|1.3.6.1.4.1.19376.1.5.3.1.1.18.1.2 1.2.250.1.213.1.1.1.46#2023.01|N3
VAC_2023.01|11369-6|1.3.6.1.4.1.19376.1.5.3.1.1.18.1.2 1.2.250.1.213.1.1.1.37#2023.01|N3
VSM_1.4_2022.01|SYNTH|1.2.250.1.213.1.1.1.13#201310|N3
eDISP-MED_2024.01|60593-1|1.3.6.1.4.1.19376.1.5.3.1.1.1 1.3.6.1.4.1.19376.1.9.1.1.3 1.2.250.1.213.1.1.1.54#2024.01|N3
eP-MED-DM_2022.01_PosoNonStruct|57833-6|1.3.6.1.4.1.19376.1.9.1.1.1 1.3.6.1.4.1.19376.1.5.3.1.1.1 1.2.250.1.213.1.1.1.39#2022.01|N3
eP-MED-DM_2023.01_PosoNonStruct|57833-6|1.3.6.1.4.1.19376.1.9.1.1.1 1.3.6.1.4.1.19376.1.5.3.1.1.1 1.2.250.1.213.1.1.1.39#2023.01|N3
eP-MED-DM_2024.01_PosoStruct|57833-6|1.3.6.1.4.1.19376.1.9.1.1.1 1.3.6.1.4.1.19376.1.5.3.1.1.1 1.2.250.1.213.1.1.1.39#2024.01|N3
"""

# Where the name of the file does not say the profile.
PROFILES = {
    "DOC_NON_STRUCTURE_CDA-R2-N1": "cda/n1@2017.12",
    "DLU-EHPAD-DLU_2022.01": "cda/dlu@2022.01",
    "DLU-EHPAD-FLUDR_2022.01": "cda/fludr@2022.01",
    "VSM_1.4_2022.01": "cda/vsm@2022.01",
    "IMG_CR_IMG_2024.01": "cda/img-cr-img@2024.01",
}
UNVERSIONED = "cda/bio-cr-bio@2024.01"  # its examples of 2021, and one of 2024, do not write their version: the latest is meant


@pytest.mark.official
@pytest.mark.parametrize("row", EXAMPLES.strip().splitlines(), ids=lambda row: row.partition("|")[0])
def test_an_official_example_is_recognised(row: str, official: Path, library: Library) -> None:
    name, code, templates, body, *wrapped = row.split("|")
    document = read((official / "cda" / "examples" / f"{name}.xml").read_bytes(), name)
    assert document.root is not None
    assert document.wrapped == (wrapped[0] if wrapped else None)
    said = recognition.claims(nodes_of(document.root)[0])
    assert said.code[0] == code
    assert sorted(root + (f"#{extension}" if extension else "") for root, extension in said.templates) == sorted(templates.split())
    assert said.structured is (body == "N3")

    recognised = recognition.recognise(said, recognition.Volets(library.heads()), AT)
    assert recognised.head is not None
    assumed = name.startswith("BIO-CR-BIO") and "#" not in templates
    assert (recognised.assumed, recognised.not_judged) == (assumed, ())
    volet, version = name.split("_")[:2]
    expected = UNVERSIONED if assumed and volet == "BIO-CR-BIO" else PROFILES.get(name, f"cda/{volet.lower()}@{version}")
    assert recognised.head.coordinate == expected
