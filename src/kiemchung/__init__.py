"""kiemchung: an open, self-hosted fact-checking commons.

Text in, published notes out: text -> claims -> matches -> notes -> ratings -> scores -> published.
"""

from importlib.metadata import version

__version__ = version("kiemchung")
