"""The place of work: the weight board, guides and notebooks in JupyterLab.

JavaScript lies beside its Python; no other room knows JupyterLab.
"""
