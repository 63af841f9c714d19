"""What `deploy/` holds, and the package that is installed from it."""
