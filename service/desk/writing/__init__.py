"""How a letter is written: its template filled in, its two parts, its page on paper, and samples of each."""
