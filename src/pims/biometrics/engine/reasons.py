"""Why an image, a template or a file can't be used: a code with the parameters of its wording."""

from pims.kernel.errors import PimsError
from pims.kernel.reasons import Reason

__all__ = ["Unusable"]


class Unusable(PimsError):
    """What was given can't be worked with; `params` are those of the wording of `code`."""

    code = "biometrics.unusable"
    http_status = 422

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(
            code + "".join(f" {name}={value}" for name, value in sorted(params.items()))
        )
        self.code = code
        self.params = params

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, self.params),)
