"""A whole installation under load while everything around it breaks: `python -m tests.reliability.chaos`.

plan → installation (database, two webs, two workers) · telegram, model_peer (the network, with dice) · webhooks, client (the load) ·
havoc → judge → report. `rolling` is the gentle sister: SIGTERM in turn, nothing may fail at all.
"""
