"""Model providers that run on this machine: they speak three wire formats, say what they are told to, and fail when asked to.

    python -m valera.simulator.models --port 8090

    OpenAI       http://127.0.0.1:8090/openai/v1        Anthropic    http://127.0.0.1:8090/anthropic        any key
    Gemini       http://127.0.0.1:8090/google

`openai`, `anthropic` and `google` are the formats, each strict in the words of its own; `wire` is what they have in common. `script` is
what is answered, `fault` and `spoiled` how it goes wrong, `switch` what can be turned while it runs, `answering` one answer on its way, and
`provider` the ASGI function of it all.
"""
