"""What `message.read` is made of: charsets, MIME parts, HTML, bounces, machine mail and quoted history."""
