from .charts import figure as figure
from .charts import picture as picture
from .html import Shown as Shown
from .html import html_of as html_of

__all__: list[str]
