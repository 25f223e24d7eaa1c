/** What goes along with an operation, from the client to the last consumer: its ids and its place in the trace. */
import {
  ROOT_CONTEXT,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Context,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

export interface Call {
  readonly operationId: string;
  readonly userId: string;
  readonly platform: string;
  readonly connectionId: string;
  /** Holds the span that is under way. */
  readonly trace: Context;
}

export type Headers = Readonly<Record<string, string>>;

const propagator = new W3CTraceContextPropagator();

export function newCall(operationId: string, userId: string): Call {
  return { operationId, userId, platform: 'Web', connectionId: '', trace: ROOT_CONTEXT };
}

/** For the headers of an HTTP request, the fields of a queue's message, the frame of a WebSocket. */
export function headersOf(call: Call): Headers {
  const carrier: Record<string, string> = {
    operationid: call.operationId,
    opuserid: call.userId,
    platform: call.platform,
    connid: call.connectionId,
  };
  propagator.inject(call.trace, carrier, defaultTextMapSetter);
  return carrier;
}

export function callOf(headers: Readonly<Record<string, unknown>>): Call {
  const text = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    operationId: text('operationid'),
    userId: text('opuserid'),
    platform: text('platform'),
    connectionId: text('connid'),
    trace: propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter),
  };
}
