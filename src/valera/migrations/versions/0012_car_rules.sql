-- A shop's own rules from car to class.
select 1;
