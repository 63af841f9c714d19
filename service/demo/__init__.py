"""The demonstration: a whole case life on embedded servers and a fast clock."""
