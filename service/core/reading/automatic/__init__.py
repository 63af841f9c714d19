"""Mail that no person wrote: delivery reports, automatic replies, lists and calendars."""
