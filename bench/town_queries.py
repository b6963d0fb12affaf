"""Statements that plant a town of shops: clients who have written for months, their dialogues, bookings, deliveries and costs.

Everything is a function of a number: the same town every time. Triggers and foreign keys are not asked (`session_replication_role`), and
large tables lose their indexes while they are filled: an index over what is there is built in a tenth of the time.
"""

from __future__ import annotations

AS_A_COPY = "set session_replication_role = replica; set work_mem = '64MB'; set maintenance_work_mem = '256MB'; set jit = off"

DROP_INDEXES = """
create temp table town_indexes as
select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
  from pg_index i
 where i.indrelid = any (array['messages', 'turns', 'chats', 'clients', 'bookings', 'booking_events', 'deliveries', 'analytics_events',
                               'dialogue_outcomes', 'vehicles']::regclass[])
   and not exists (select from pg_constraint c where c.conindid = i.indexrelid);
do $$ declare found record; begin
    for found in select * from town_indexes loop execute 'drop index ' || found.name; end loop;
end $$
"""
BUILD_INDEXES = """
do $$ declare found record; begin
    for found in select * from town_indexes loop execute found.definition; end loop;
end $$
"""

# $1: shops that are opened by the product itself, the first of them the large one; $2: how many there are in all.
SHOPS = """
insert into accounts (slug, name, data_key)
select 'town-' || n, 'Автосервис № ' || n, 'wrapped' from generate_series(cardinality($1::bigint[]) + 1, $2::int) as n
"""
LIST_SHOPS = """
create temp table town_shops as
select a.id as account_id, row_number() over (order by a.id) = 1 as is_large, min(b.id) as bot_id from accounts a
  left join bots b on b.account_id = a.id group by a.id
"""
BOTS = """
insert into bots (account_id, telegram_id, username, token, webhook_key, webhook_secret_hash, state)
select account_id, 5000000000 + account_id, 'town_' || account_id || '_bot', '', 'town-webhook-key-of-shop-' || account_id,
       sha256(account_id::text::bytea), 'removed'
  from town_shops where bot_id is null
"""
FIND_BOTS = "update town_shops s set bot_id = b.id from bots b where b.account_id = s.account_id and s.bot_id is null"
MEMBERS = """
insert into memberships (account_id, name, role, created_at)
select account_id, name, role, now() - interval '1 year'
  from town_shops, (values ('Марина Кузнецова', 'admin'), ('Игорь Белов', 'support')) as member (name, role)
"""
OWNERS = "update accounts a set owner_id = (select min(m.id) from memberships m where m.account_id = a.id) where owner_id is null"
BAYS = """
insert into bays (account_id, name)
select account_id, 'Место ' || n from town_shops, generate_series(1, case when is_large then 6 else 2 end) as n
on conflict do nothing
"""
HOURS = """
insert into opening_hours (account_id, weekday, opens, closes)
select account_id, day, '09:00', '21:00' from town_shops, generate_series(1, 7) as day on conflict do nothing
"""

# $1: chats of the large shop, $2: of every other; $3: messages in a chat of the large shop, $4: of another; $5: the first person's number.
PEOPLE = """
create temp table town_people as
select row_number() over (order by account_id, n) as id, account_id, bot_id, is_large, n,
       $5::bigint + row_number() over (order by account_id, n) as telegram_id,
       (case when is_large then $3::int else $4::int end + 9) / 10 as dialogues,
       now() - interval '20 minutes' - interval '150 days' * power(n::float8 / case when is_large then $1 else $2 end, 2) as last_at
  from town_shops, generate_series(1, case when is_large then $1::int else $2::int end) as n
"""
TELEGRAM_USERS = """
insert into telegram_users (telegram_id, username, first_name, language)
select telegram_id, 'person_' || id, 'Клиент', 'ru' from town_people
"""
CLIENTS = """
insert into clients (account_id, id, telegram_user_id, name, phone, source, consent_at, created_at) overriding system value
select account_id, id, telegram_id,
       (array['Анна', 'Пётр', 'Ольга', 'Дмитрий', 'Елена', 'Руслан', 'Светлана', 'Виктор', 'Мария', 'Артём', 'Наталья', 'Кирилл', 'Юлия'])
           [1 + id % 13] || ' ' ||
       (array['Соколов', 'Ветров', 'Лосев', 'Гурьев', 'Данилов', 'Ахметов', 'Николаев', 'Прокофьев', 'Белов', 'Зимин', 'Орлов', 'Крылов',
              'Фомин', 'Титов', 'Жуков', 'Мельник', 'Назаров'])[1 + id % 17],
       '+79' || lpad((id * 7919 % 1000000000)::text, 9, '0'),
       (array['utm_source=avito&utm_campaign=spring', 'vk', 'qr', null, null])[1 + id % 5], last_at - interval '40 days',
       last_at - interval '40 days'
  from town_people
"""
VEHICLES = """
insert into vehicles (account_id, client_id, make, model, year, plate, created_at)
select account_id, id, split_part(car, ' ', 1), split_part(car, ' ', 2), 2005 + id % 20,
       letter[1 + id % 12] || lpad((id % 1000)::text, 3, '0') || letter[1 + id / 12 % 12] || letter[1 + id / 144 % 12]
           || (array['77', '99', '197', '150', '78'])[1 + id % 5],
       last_at - interval '40 days'
  from town_people,
       lateral (select (array['Toyota Camry', 'Kia Rio', 'Hyundai Solaris', 'Lada Vesta', 'Skoda Octavia', 'BMW X3', 'Renault Duster',
                              'Mazda CX-5', 'Geely Coolray', 'Haval Jolion', 'Volkswagen Polo'])[1 + id % 11] as car,
                       array['А', 'В', 'Е', 'К', 'М', 'Н', 'О', 'Р', 'С', 'Т', 'У', 'Х'] as letter) said
"""
CHATS = """
insert into chats (account_id, id, bot_id, telegram_chat_id, telegram_user_id, client_id, status, assignee_id, human_called_at,
                   human_reason, created_at, last_message_at) overriding system value
select p.account_id, p.id, p.bot_id, p.telegram_id, p.telegram_id, p.id, state,
       case when state = 'human' then (select min(m.id) from memberships m where m.account_id = p.account_id) end,
       case when state = 'assistant' and p.id % 29 = 0 then p.last_at end,
       case when state = 'assistant' and p.id % 29 = 0 then 'скидка' end,
       p.last_at - interval '40 days', p.last_at
  from town_people p,
       lateral (select (array['assistant', 'assistant', 'assistant', 'assistant', 'assistant', 'assistant', 'human', 'closed'])
                       [1 + p.id % 8] as state) s
"""

# Nearly every chat has been looked at.
READS = """
insert into chat_reads (account_id, member_id, chat_id, upto_id, seen_at)
select c.account_id, m.id, c.id,
       coalesce((select max(w.id) from messages w where (w.account_id, w.chat_id) = (c.account_id, c.id)), 0), now()
  from chats c join memberships m on m.account_id = c.account_id where c.id % 20 > 0
"""

# A question and its answer: five of them are a dialogue, the dialogues of a chat lie five days apart.
PAIRS = """
create temp table town_pairs as
select row_number() over (order by at, id, p) as turn_id, account_id, id as chat_id, bot_id, telegram_id, d, p, at
  from (select people.*, d, p, last_at - (dialogues - 1 - d) * interval '5 days' - (4 - p) * interval '2 minutes' as at
          from town_people people, generate_series(0, dialogues - 1) as d, generate_series(0, 4) as p) said
"""
TURNS = """
insert into turns (account_id, id, chat_id, state, created_at, started_at, finished_at, charged_on, input_tokens, output_tokens, cost)
    overriding system value
select account_id, turn_id, chat_id, 'done', at, at, at + interval '3 seconds', at::date, 2400, 120, 0.0011 from town_pairs
"""
MESSAGES = """
insert into messages (account_id, id, chat_id, role, content, bot_id, update_id, telegram_message_id, turn_id, llm_response_data,
                      created_at) overriding system value
select account_id, 2 * turn_id - 1 + side, chat_id, case side when 0 then 'user' else 'assistant' end,
       case side when 0 then
            (array['Здравствуйте, сколько стоит ', 'Подскажите цену: ', 'А когда можно сделать ', 'Есть время на ', 'Нужна срочно '])
                [1 + turn_id % 5] || work || ' на ' || car || case when turn_id % 7 = 0 then ', договор ' || turn_id else '' end || '?'
       else work || ' на ' || car || ': ' || 3 + turn_id % 40 || ' 000 ₽, работа займёт ' || 1 + turn_id % 6
            || ' ч. Могу записать вас на завтра в ' || 9 + turn_id % 10 || ':00 — подойдёт?' end,
       case side when 0 then bot_id end, case side when 0 then 1000000 + turn_id end, 2 * turn_id + side, turn_id,
       case side when 1 then '{"model": "openai:gpt-5-mini", "tokens": {"input": 2400, "output": 120}, "cost": "0.0011"}'::jsonb end,
       at + side * interval '3 seconds'
  from town_pairs cross join (values (0), (1)) as two (side),
       lateral (select (array['окраска бампера', 'полировка кузова', 'замена масла', 'ремонт вмятины', 'окраска крыла', 'полировка фар',
                              'замена колодок', 'осмотр по КАСКО', 'химчистка салона', 'антикор днища', 'замена лобового стекла',
                              'регулировка развала', 'диагностика подвески', 'окраска капота', 'удаление царапин'])[1 + (turn_id / 3) % 15]
                           as work,
                       (array['Toyota Camry', 'Kia Rio', 'Hyundai Solaris', 'Lada Vesta', 'Skoda Octavia', 'BMW X3', 'Renault Duster',
                              'Mazda CX-5', 'Geely Coolray', 'Haval Jolion', 'Volkswagen Polo'])[1 + chat_id % 11] as car) said
"""
STEPS = """
insert into turn_steps (account_id, turn_id, step_no, round, kind, content, ms, created_at)
select account_id, turn_id, no, 1, case no when 1 then 'model' when 2 then 'tool' else 'model' end,
       case no when 2 then '{"tool": "find_prices", "arguments": {"query": "бампер"}, "outcome": "done", "call_id": "1",
                             "content": {"found": [{"name": "Окраска бампера", "price": "18 000 ₽"}]}}'::jsonb else '{}'::jsonb end,
       400, at from town_pairs, generate_series(1, 3) as no
 where at > now() - interval '7 days' and p = 0
"""
DELIVERIES = """
insert into deliveries (account_id, chat_id, bot_id, telegram_chat_id, message_id, turn_id, state, text, telegram_message_id, created_at,
                        sent_at)
select account_id, chat_id, bot_id, telegram_id, 2 * turn_id, turn_id, 'sent', 'как в сообщении', 2 * turn_id + 1, at,
       at + interval '1 second'
  from town_pairs where at > now() - interval '30 days' order by turn_id
"""
EVENTS = """
insert into analytics_events (account_id, event_type, properties, created_at)
select account_id, event, jsonb_build_object('chat', chat_id, 'turn', turn_id), at + interval '3 seconds'
  from town_pairs, unnest(array['answered', case when p = 1 and turn_id % 3 > 0 then 'price_named' end,
                                case when p = 3 and turn_id % 31 = 0 then 'human_called' end]) as event
 where event is not null order by turn_id
"""
OUTCOMES = """
insert into dialogue_outcomes (account_id, chat_id, first_message_id, last_message_id, outcome, message_id, began_at, ended_at, decided_at)
select account_id, chat_id, min(2 * turn_id - 1), max(2 * turn_id),
       (array['booked', 'price_only', 'silent', 'answered', 'price_too_high', 'no_slot', 'human', 'out_of_profile'])[1 + min(turn_id) % 8],
       max(2 * turn_id - 1), min(at), max(at) + interval '3 seconds', max(at) + interval '1 day'
  from town_pairs group by account_id, chat_id, d having max(at) < now() - interval '25 hours'
"""

# $1: days before today, $2: days from today on; three visits a day and bay.
BOOKINGS = """
create temp table town_bookings as
select row_number() over (order by since) as id, *, row_number() over (partition by account_id order by since) as number
  from (select s.account_id, s.is_large, y.id as bay_id, day, shift,
               (day + '9 hours'::interval + shift * '4 hours'::interval) at time zone 'Europe/Moscow' as since,
               (select min(p.id) + (extract(doy from day)::bigint * 7 + y.id * 3 + shift * 5) % count(*) from town_people p
                 where p.account_id = s.account_id) as chat_id
          from town_shops s join bays y on y.account_id = s.account_id,
               generate_series(date_trunc('day', now() at time zone 'Europe/Moscow') - $1::int * interval '1 day',
                               date_trunc('day', now() at time zone 'Europe/Moscow') + $2::int * interval '1 day', interval '1 day') as day,
               generate_series(0, 2) as shift
         where s.is_large or (extract(doy from day)::int + y.id + shift) % 6 = 0) planned
"""
INSERT_BOOKINGS = """
insert into bookings (account_id, id, chat_id, client_id, vehicle_id, number, status, service_type, during, bay_id, revision, created_at)
    overriding system value
select b.account_id, b.id, b.chat_id, b.chat_id, (select min(v.id) from town_vehicles v where v.client_id = b.chat_id), b.number,
       case when since > now() then 'confirmed' else (array['done', 'done', 'done', 'arrived', 'no_show', 'cancelled'])[1 + b.id % 6] end,
       (array['Окраска бампера', 'Полировка кузова', 'Замена масла'])[1 + b.id % 3], tstzrange(since, since + interval '3 hours'), bay_id,
       case when since > now() then 1 else 2 end, since - interval '2 days'
  from town_bookings b
"""
VEHICLES_OF = "create temp table town_vehicles as select client_id, id from vehicles; create index on town_vehicles (client_id)"
BOOKING_EVENTS = """
insert into booking_events (account_id, booking_id, event, actor, message_id, revision, status, during, bay_id, created_at)
select b.account_id, b.id, event, case no when 1 then 'client' else 'system' end, 1, no, event, b.during, b.bay_id,
       case no when 1 then b.created_at else lower(b.during) end
  from bookings b, unnest(array['confirmed', case when b.status = 'done' then 'arrived' else b.status end]) with ordinality told (event, no)
 where no <= b.revision order by 10
"""
COUNTERS = """
insert into counters (account_id, name, value) select account_id, 'booking', max(number) from bookings group by account_id
on conflict (account_id, name) do update set value = excluded.value
"""
USAGE = """
insert into usage (account_id, day, provider, model, currency, answers, input_tokens, output_tokens, cost, charged)
select account_id, at::date, 'openai', 'gpt-5-mini', 'USD', count(*), 2400 * count(*), 120 * count(*), 0.0011 * count(*), 0.0011 * count(*)
  from town_pairs group by 1, 2
"""
SEQUENCES = """
select setval(pg_get_serial_sequence(tbl, 'id'), greatest(1, most)) from (values
    ('clients', (select max(id) from clients)), ('chats', (select max(id) from chats)), ('turns', (select max(id) from turns)),
    ('messages', (select max(id) from messages)), ('bookings', (select max(id) from bookings))) as numbered (tbl, most)
"""

OF_SHOPS = (LIST_SHOPS, BOTS, FIND_BOTS, MEMBERS, OWNERS, BAYS, HOURS)
OF_PEOPLE = (TELEGRAM_USERS, CLIENTS, VEHICLES, CHATS, PAIRS, TURNS, MESSAGES, STEPS, DELIVERIES, EVENTS, OUTCOMES, VEHICLES_OF)
OF_BOOKINGS = (INSERT_BOOKINGS, BOOKING_EVENTS, COUNTERS, USAGE, BUILD_INDEXES, READS, SEQUENCES)
