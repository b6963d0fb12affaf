-- Bays that do only some works, and days with hours of their own.
select 1;
