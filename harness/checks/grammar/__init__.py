"""The grammar of CDA: which children, in which order, which attributes, which lexical forms.

`profiles/cda/grammar.yaml` says each class in one line, as a DTD would; a class is compiled when a document first needs it, so that
a child costs one dictionary look-up and an error knows what was expected instead.
"""

from .classes import CdaClass
from .forms import Form
from .judging import Grammar

__all__ = ["CdaClass", "Form", "Grammar"]
