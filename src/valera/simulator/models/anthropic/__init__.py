"""Anthropic's Messages: `request` is what they take, `conversation` in which order, `answer` what they say, `refusal` how they say no.

Source: the API reference of Messages; tests compare the fields with those of Anthropic's own client.
"""
