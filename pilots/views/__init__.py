from .overview import Overview
from .pilot import PilotPage
from .record import RecordInspection, RecordMeasures, RecordUse, RecordVerdict

__all__ = ["Overview", "PilotPage", "RecordInspection", "RecordMeasures", "RecordUse", "RecordVerdict"]
