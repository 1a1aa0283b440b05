# SPDX-License-Identifier: Apache-2.0
"""In the place of a package that jsonschema does without, and that takes a second to load."""

raise ImportError("Nothing here asks whether an address in other scripts is sound.")
