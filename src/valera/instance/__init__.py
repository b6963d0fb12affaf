"""What the commands do with an installation: the running one if there is one, else just as much of it as they need, for as long as they
need it.
"""
