"""The real daemon between real servers, while what can break breaks: its process, its wires, its disk, its clock."""
