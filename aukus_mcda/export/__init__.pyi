from .page import export_one_page as export_one_page
from .slides import export_slides as export_slides
from .stamps import verify as verify
from .workbook import export_workbook as export_workbook

__all__: list[str]
