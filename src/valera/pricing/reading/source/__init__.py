"""What people bring: workbooks, tables as text, pasted lines."""
