"""What `message.read` is made of, on three floors.

`mime` goes from bytes to what a person sees; `automatic` tells machines' mail from people's; `history` tells what the
sender wrote now from what is quoted below it.
"""
