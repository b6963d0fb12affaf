-- Where each sum of a message came from.
select 1;
