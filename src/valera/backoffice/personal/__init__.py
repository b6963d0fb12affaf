"""One person's data: finding, handing out, erasing, and how long anything is kept."""
