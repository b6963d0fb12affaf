-- Call-backs, the waitlist, outcomes of dialogues.
select 1;
