"""Published packages of Schematrons, compiled once and run beside our own rules; published value sets, made ours.

What a package reports is told as the package's own: it moves neither our findings nor our verdict.
"""

from __future__ import annotations
