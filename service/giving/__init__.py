"""What the register gives back as files: exports, reports, pages. All read by `desk/lookup/reader`."""
