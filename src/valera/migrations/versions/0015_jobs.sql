-- Jobs with a time of their own, reminders, feedback.
select 1;
