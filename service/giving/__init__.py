"""What the register gives back as files: exports, reports, pages. They read by `desk/reader` and write no case."""
