"""A client's press under an offered time: it is booked, if nobody was faster, or goes on to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.bookings.life.booking import get_entry, list_movable
from valera.bookings.life.change import SlotTaken
from valera.bookings.proposals.decide import accept
from valera.bookings.proposals.offer import Purpose, offer
from valera.bookings.proposals.proposal import Accepted, ProposalKind, SlotUnknown
from valera.bookings.proposals.propose import hold_slot
from valera.bookings.telling.card import buttons_for, card
from valera.bookings.telling.details import load_details
from valera.bookings.telling.wording import ask
from valera.clients.client import get_client
from valera.followup.queries import turn_of_message
from valera.followup.waitlist import queries
from valera.followup.waitlist.entry import Entry, Offer, OfferStale, OfferState
from valera.followup.waitlist.offering import PHRASES, rematch
from valera.russian.answers import is_plain_no, is_plain_yes

if TYPE_CHECKING:
    from datetime import datetime

    from valera.accounts.account import Account
    from valera.bookings.proposals.proposal import Proposal
    from valera.chats.chat import Chat
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard

HOURS = 1


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    keyboard: Keyboard | None = None


async def take(tx: AccountTx, account: Account, chat: Chat, *, message_id: int, key: str, now: datetime) -> Answer:
    """The press is the client's yes: the time is held and booked the way every other one is, so the first of all who want it gets it. A
    late press counts, if the time is still free. Beside another booking of theirs the client is asked first. Raises OfferStale.
    """
    offered, entry = await _get(tx, chat, key)
    if offered.state is OfferState.TAKEN:
        return await _booked_before(tx, account, entry)
    if not entry.is_waiting:
        raise OfferStale("The client waits for this no longer.")
    try:
        async with tx.savepoint():
            proposal = await _hold(tx, chat, offered, entry, message_id=message_id, now=now)
            if proposal.beside:
                return await _ask_first(tx, account, chat, proposal, now)
            accepted = await accept(tx, chat_id=chat.id, key=proposal.key, message_id=message_id, now=now)
    except (SlotTaken, SlotUnknown):
        await queries.update_decided(tx, offered.id, state=OfferState.GONE, now=now)
        return Answer(PHRASES.say(account.locale, "answer.gone"))
    await queries.update_decided(tx, offered.id, state=OfferState.TAKEN, now=now)
    await queries.update_booked(tx, entry.id, booking_id=accepted.booking.id, now=now)
    await track(tx, EventType.WAITLIST_TAKEN, {"chat": chat.id, "entry": entry.id, "offer": offered.id})
    return Answer(await _card(tx, account, chat, accepted))


async def skip(tx: AccountTx, account: Account, chat: Chat, *, key: str, now: datetime) -> Answer:
    """Not this one: the next is asked at once, and the client goes on waiting for another. Raises OfferStale."""
    offered, _ = await _get(tx, chat, key)
    if offered.state is OfferState.OPEN:
        await queries.update_decided(tx, offered.id, state=OfferState.SKIPPED, now=now)
        await rematch(tx, why=f"offer:{offered.id}", now=now)
    return Answer(PHRASES.say(account.locale, "answer.skipped"))


# ---- the same in words --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """A plain yes or no to the offer that the client heard last."""

    key: str
    is_yes: bool


async def find_decided(tx: AccountTx, chat: Chat, key: str, text: str, *, now: datetime) -> Decided | None:
    """None: it is neither, or the client has another booking beside which a yes would be unclear."""
    is_yes = is_plain_yes(text)
    if (not is_yes and not is_plain_no(text)) or (is_yes and await list_movable(tx, chat.client_id, now)):
        return None
    return Decided(key, is_yes)


async def carry_out(tx: AccountTx, account: Account, chat: Chat, decided: Decided, *, message_id: int, now: datetime) -> str:
    """Raises OfferStale."""
    if not decided.is_yes:
        return (await skip(tx, account, chat, key=decided.key, now=now)).text
    return (await take(tx, account, chat, message_id=message_id, key=decided.key, now=now)).text


# ---- one offer ----------------------------------------------------------------------------------


async def _get(tx: AccountTx, chat: Chat, key: str) -> tuple[Offer, Entry]:
    entry = await queries.lock_offered(tx, Entry, chat_id=chat.id, key=key) if key.isprintable() else None
    if entry is None:
        raise OfferStale("No such time was offered here.")
    return await queries.lock_offer(tx, Offer, key), entry


async def _hold(tx: AccountTx, chat: Chat, offered: Offer, entry: Entry, *, message_id: int, now: datetime) -> Proposal:
    (shown,) = await offer(tx, chat.id, [offered.starts_at], Purpose(entry.service, entry.duration_minutes), now=now, hours=HOURS)
    turn_id = await turn_of_message(tx, message_id)
    return await hold_slot(tx, chat_id=chat.id, client_id=chat.client_id, slot_key=shown.key, service=None, turn_id=turn_id, now=now)


async def _ask_first(tx: AccountTx, account: Account, chat: Chat, proposal: Proposal, now: datetime) -> Answer:
    others = [booking for booking in await list_movable(tx, chat.client_id, now) if booking.number in proposal.beside]
    text = ask(proposal, account.zone, account.locale, others=others)
    return Answer(text, buttons_for(proposal, account.locale, others=others))


async def _booked_before(tx: AccountTx, account: Account, entry: Entry) -> Answer:
    booking_id = await queries.find_booking(tx, entry.id)
    if booking_id is None:
        raise OfferStale("That booking is gone.")
    accepted = Accepted(ProposalKind.BOOK, await get_entry(tx, booking_id))
    return Answer(card(accepted, await load_details(tx, booking_id), zone=account.zone, locale=account.locale))


async def _card(tx: AccountTx, account: Account, chat: Chat, accepted: Accepted) -> str:
    details = await load_details(tx, accepted.booking.id)
    text = card(accepted, details, zone=account.zone, locale=account.locale)
    if (await get_client(tx, chat.client_id)).phone is None:
        text += "\n\n" + PHRASES.say(account.locale, "answer.ask_phone")
    return text
