"""Whole lives of cases in the core alone: a made-up town acts in any order, and laws must hold after each step."""
