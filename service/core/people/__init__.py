"""Who: addresses, what proves a sender, who is away, who wants to be hidden, how people can be reached."""
