# SPDX-License-Identifier: Apache-2.0
"""How Sphinx builds the site; ``python -m tools.site`` gathers its pages and runs it."""

from typing import Any

from docutils.nodes import SkipNode
from latex2mathml.converter import convert
from numpydoc.xref import DEFAULT_LINKS

import aukus_mcda
from tools.site import given_classes

project = "aukus-mcda"
version = release = aukus_mcda.__version__
project_copyright = "the aukus-mcda authors, Apache-2.0"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "numpydoc", "myst_nb", "sphinx_design"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
nb_code_prompt_show = "The code behind this"
nb_code_prompt_hide = "Fold the code"
nb_execution_mode = "off"  # `tools.site` has run them, as `aukus-mcda lab` does
default_role = "py:obj"
add_module_names = False
autodoc_typehints = "none"  # the section Parameters has them
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
ours = {*aukus_mcda.__all__, *given_classes()}
numpydoc_xref_aliases = {name: name for name in DEFAULT_LINKS} | {name: f"aukus_mcda.{name}" for name in ours}
toc_object_entries = False

html_theme = "furo"
html_title = "aukus-mcda"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["live"]
html_copy_source = False
html_show_sphinx = False
html_show_search_summary = False  # a browser fetches nothing from `file://`
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1F5F8B", "color-brand-content": "#1F5F8B"},
    "dark_css_variables": {"color-brand-primary": "#7DB8E0", "color-brand-content": "#7DB8E0"},
}


# Links and types on the pages name the classes of results as they name public functions, by the top package, and Sphinx
# takes a class by a name it can import. So they are put there while the site is built, and nowhere else.
for name, given in given_classes().items():
    setattr(aukus_mcda, name, given)


def _formula(display: str) -> tuple[Any, None]:
    def visit(writer: Any, node: Any) -> None:
        writer.body.append(convert(node.astext(), display=display))
        raise SkipNode

    return visit, None


def setup(app: Any) -> None:
    """Formulas as MathML, which a browser draws without a script from elsewhere."""
    app.add_html_math_renderer("mathml", _formula("inline"), _formula("block"))
