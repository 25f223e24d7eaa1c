/** Elements by name; an array repeats its element, an empty object is an empty element. */
export type XmlValue = string | number | boolean | readonly XmlValue[] | XmlElements;

export interface XmlElements {
  readonly [name: string]: XmlValue;
}

/** ClickHouse configuration as XML. Element names are ours and written as they are. */
export function toXml(elements: XmlElements): string {
  return Object.entries(elements)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (isList(value)) return value.map((item) => element(name, item)).join('');
  const inner = typeof value === 'object' ? toXml(value) : escapeText(String(value));
  return `<${name}>${inner}</${name}>\n`;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
