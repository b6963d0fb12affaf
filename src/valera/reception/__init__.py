"""The main path: ingest, intake, turn, gates, the scripted receptionist."""
