# SPDX-License-Identifier: Apache-2.0
"""Tools for developers, no part of what is published."""
