/** The language reference page; what it says of conditions, pipes and functions is in their definitions. */
export const EN_PAGE_REFERENCE = {
  'page.reference': 'Query language',
  'reference.contents': 'Contents',
  'reference.intro':
    'A query is conditions, as in KQL, and then pipes. An empty query and * mean all records. Click an example to run it.',
  'reference.conditions': 'Conditions',
  'reference.escape':
    "Outside quotes \\ ( ) : < > \" * '{' | '}' and the words and, or, not are escaped with \\; in quotes only \", \\ and *.",
  'reference.pipes': 'Pipes',
  'reference.alias': 'Also written {names}.',
  'reference.functions': 'Functions',
  'reference.examples': 'Examples',
  'reference.try': 'Run this',
  'reference.fields': 'Fields',
  'reference.fields.intro':
    'Beside these, every attribute and resource attribute is a field under its own name.',
  'reference.name': 'Name',
  'reference.also': 'Also',
  'reference.what': 'What it is',
} as const;
