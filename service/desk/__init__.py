"""The desk does one transaction: it applies the core's effects to the register and puts letters in the outbox."""
