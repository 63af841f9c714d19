"""The doors to network and time: IMAP, SMTP and the daemon's clock."""
