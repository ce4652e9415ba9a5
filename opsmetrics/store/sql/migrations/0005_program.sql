-- Which version of the program judged; null where it was kept before this was noted.
ALTER TABLE shown ADD COLUMN program VARCHAR;
