-- What was understood of a price list, before it is published.
select 1;
