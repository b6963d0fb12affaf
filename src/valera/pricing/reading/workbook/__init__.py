"""XLSX and ODS: values by calamine; what it does not tell (formats, hidden rows, how large it will become) by a look before it."""
