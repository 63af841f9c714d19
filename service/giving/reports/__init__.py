"""`synpunkten report`: the figures of a period as a page, a workbook, a list or JSON.

Each makes the same sheets (`core/figures/sheets`) into bytes, and the same sheets into the same bytes.
"""
