"""The core decides: message, case, rules and clock in; effects out. It touches no network, disk, database or clock."""
