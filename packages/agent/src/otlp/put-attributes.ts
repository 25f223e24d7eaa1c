/** Attributes as OTLP has them (opentelemetry-proto 1.11, common/v1). */
import type { AttributeScalar, AttributeValue, Attributes } from '@tendril/model/attribute';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** `KeyValue`s of a field. */
export function putAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) putAttribute(writer, field, key, value);
  }
}

export function putAttribute(
  writer: ProtobufWriter,
  field: number,
  key: string,
  value: AttributeValue,
): void {
  const attribute = writer.begin(field);
  writer.text(1, key);
  const any = writer.begin(2);
  putValue(writer, value);
  writer.end(any);
  writer.end(attribute);
}

/** The content of an `AnyValue`. */
export function putValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (typeof value !== 'object') {
    putScalar(writer, value);
    return;
  }
  const array = writer.begin(5);
  for (const element of value) {
    const any = writer.begin(1);
    putScalar(writer, element);
    writer.end(any);
  }
  writer.end(array);
}

function putScalar(writer: ProtobufWriter, value: AttributeScalar): void {
  if (typeof value === 'string') writer.text(1, value);
  else if (typeof value === 'boolean') writer.bool(2, value);
  else if (typeof value === 'bigint' || Number.isSafeInteger(value)) writer.int64(3, value);
  else writer.double(4, value);
}
