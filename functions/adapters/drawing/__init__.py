"""How a timeline is drawn: matplotlib's SVG backend, and what is made of its output for a page."""
