"""Setting up an installation: what is asked (`interview`), what is written (`plan`), going on from what is there."""
