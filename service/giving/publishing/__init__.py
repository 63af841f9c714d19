"""The public pages: cases as they were approved, the register's overview, feeds and open data, all as static files."""
