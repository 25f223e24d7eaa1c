-- The types of a resource's attributes, so that its numbers stay numbers when they are handed on: one
-- letter for each attribute, as of the events of spans. Resources from before have none, and texts.
ALTER TABLE resources ADD COLUMN IF NOT EXISTS AttributeTypes String DEFAULT '';
