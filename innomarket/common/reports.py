"""Error reports say where something failed, never what somebody wrote."""

from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NothingWritten(SafeExceptionReporterFilter):
    """Hides every value that was sent and every local variable: both may hold sealed text."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        found = super().get_post_parameters(request)
        return dict.fromkeys(found, self.cleansed_substitute) if self.is_active(request) else found

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        found = super().get_traceback_frame_variables(request, tb_frame)
        return (
            [(name, self.cleansed_substitute) for name, _value in found] if self.is_active(request) else found
        )
