"""A model provider that runs on this machine: it speaks OpenAI's wire format, says what it is told to, and fails when asked to.

    python -m valera.simulator.models --port 8090        OPENAI_BASE_URL=http://127.0.0.1:8090/openai/v1, any key

`wire` is the format, `script` what is answered, `switch` what can be turned while it runs, `provider` the ASGI function of it all.
"""
