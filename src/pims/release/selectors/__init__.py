"""Every read of the release room."""

from pims.release.selectors.amendments import Amendment, discharges_put_right
from pims.release.selectors.cases import (
    CaseDetail,
    ClockRow,
    DueRelease,
    ItemInfo,
    OpenGround,
    case_detail,
    clocks,
    open_case_of,
    open_case_of_order,
    open_cases,
    open_ground,
    releases_due,
)
from pims.release.selectors.discharges import (
    CorrectionInfo,
    DischargeInfo,
    discharge,
    discharge_of_episode,
    discharges,
)
from pims.release.selectors.paroles import (
    ParoleDetail,
    ParoleRow,
    granted_from,
    parole,
    parole_list,
)
from pims.release.selectors.preparations import (
    PreparationDetail,
    PreparationRow,
    dates_that_differ,
    open_preparations,
    preparation,
)
from pims.release.selectors.released_in_error import (
    ErrorInfo,
    authority_before,
    error_of_discharge,
    error_person,
    errors_open,
    open_error_of,
)
from pims.release.selectors.signatures import VouchingInfo, officers_of, vouching, vouchings

__all__ = [
    "Amendment", "CaseDetail", "ClockRow", "CorrectionInfo", "DischargeInfo", "DueRelease",
    "ErrorInfo", "ItemInfo", "OpenGround", "ParoleDetail", "ParoleRow", "PreparationDetail",
    "PreparationRow", "VouchingInfo", "authority_before",
    "case_detail", "clocks", "dates_that_differ", "discharge", "discharge_of_episode",
    "discharges", "discharges_put_right", "error_of_discharge", "error_person", "errors_open",
    "granted_from", "officers_of", "open_case_of", "open_case_of_order",
    "open_cases", "open_error_of", "open_ground", "open_preparations", "parole", "parole_list",
    "preparation", "releases_due", "vouching", "vouchings",
]  # fmt: skip
