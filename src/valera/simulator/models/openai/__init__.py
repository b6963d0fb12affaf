"""OpenAI's chat completions: `request` is what it takes, `answer` what it says, `refusal` how it says no.

Source: the API reference of chat completions; tests compare the fields with those of OpenAI's own client.
"""
