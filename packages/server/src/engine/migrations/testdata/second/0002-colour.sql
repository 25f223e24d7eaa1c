ALTER TABLE things ADD COLUMN Colour LowCardinality(String);
INSERT INTO things (Id, Colour) VALUES (1, 'red');
