"""From bytes to what a person sees of a mail: header fields, charsets, MIME parts, HTML, files."""
