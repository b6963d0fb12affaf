"""Google's Gemini API: `request` is what it takes, `conversation` in which order, `answer` what it says, `refusal` how it says no.

Source: the API reference of `models.generateContent` (v1beta); tests compare the fields with those of Google's own client.
"""
