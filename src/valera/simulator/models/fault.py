"""How an answer of a provider can fail: by its status, on its way, or in what it says."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """How one answer fails."""

    # ---- the provider refuses, in the words of its format
    RATE_LIMITED = "rate_limited"  # 429, with retry-after
    OVERLOADED = "overloaded"  # 529, with retry-after; Google's 503
    SERVER_ERROR = "server_error"  # 500
    UNAVAILABLE = "unavailable"  # 503
    UNAUTHORIZED = "unauthorized"  # the key was revoked
    NO_CREDIT = "no_credit"  # the account is empty
    NO_MODEL = "no_model"  # 404: there is no such model
    TOO_LONG = "too_long"  # the conversation does not fit the model
    BLOCKED = "blocked"  # a filter did not let the request through
    BAD_GATEWAY = "bad_gateway"  # 502, a page of HTML from whatever stands before the provider

    # ---- the answer does not arrive as it should
    CUT = "cut"  # the connection ends in the middle of the answer
    BROKEN_JSON = "broken_json"  # a whole answer, which is half an object
    ENDED_EARLY = "ended_early"  # a stream that ends in order in the middle of the answer; without a stream as BROKEN_JSON
    SILENT = "silent"  # no answer for as long as the caller waits
    SLOW_FIRST_BYTE = "slow_first_byte"  # nothing for a while, then a good answer
    DRIPPING = "dripping"  # it begins at once, and comes bit by bit
    ERROR_IN_STREAM = "error_in_stream"  # 200, and "overloaded" after the first words; without a stream as OVERLOADED

    # ---- the answer is well-formed, and wrong
    EMPTY = "empty"  # neither text nor call
    REFUSAL = "refusal"  # the model will not answer
    FILTERED = "filtered"  # it began, and was stopped by a filter
    LENGTH = "length"  # it ends in the middle of a sentence, for want of tokens
    UNKNOWN_TOOL = "unknown_tool"
    WRONG_ARGUMENTS = "wrong_arguments"  # of the wrong types
    BROKEN_ARGUMENTS = "broken_arguments"  # no JSON, or half of it
    CALL_WITHOUT_TEXT = "call_without_text"
    TEXT_WITH_CALL = "text_with_call"
    TEXT_WITHOUT_CALL = "text_without_call"  # it says that it will look, and does not
    TWO_CALLS = "two_calls"  # at once
    DUPLICATE_IDS = "duplicate_ids"  # two calls with the same id
    WRONG_LANGUAGE = "wrong_language"
    HUGE = "huge"  # hundreds of kilobytes of text
    BAD_CHARACTERS = "bad_characters"  # NUL, half a surrogate pair, marks that turn the direction of writing
    MANGLED_PLACEHOLDERS = "mangled_placeholders"  # what stands for personal data comes back damaged
    FALSE_SUM = "false_sum"  # a price that nobody looked up
    FALSE_BOOKING = "false_booking"  # it says that it booked, and did not


BY_STATUS = frozenset(
    {
        Fault.RATE_LIMITED, Fault.OVERLOADED, Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.UNAUTHORIZED, Fault.NO_CREDIT, Fault.NO_MODEL,
        Fault.TOO_LONG,
    }
)  # fmt: skip
ON_THE_WAY = frozenset(
    {
        Fault.BLOCKED, Fault.BAD_GATEWAY, Fault.CUT, Fault.BROKEN_JSON, Fault.ENDED_EARLY, Fault.SILENT, Fault.SLOW_FIRST_BYTE,
        Fault.DRIPPING, Fault.ERROR_IN_STREAM,
    }
)  # fmt: skip
IN_WHAT_IS_SAID = frozenset(Fault) - BY_STATUS - ON_THE_WAY
