-- The whole life of a booking, and who may change what.
select 1;
