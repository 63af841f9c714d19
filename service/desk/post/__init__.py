"""The letters' way out: where they wait, what holds them back, whom they take another road to."""
