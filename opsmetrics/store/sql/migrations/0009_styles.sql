-- How the dates and numbers of a file were written: JSON, what → how, so that a later file of its source can be compared.
ALTER TABLE read_as ADD COLUMN styles VARCHAR;
