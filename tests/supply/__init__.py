"""What the service is made of besides its own code: licences and known weaknesses of its libraries."""
