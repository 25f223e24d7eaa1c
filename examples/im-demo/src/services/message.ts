/** A message on its way through the services. */
export interface Message {
  readonly sendID: string;
  /** Empty for a message to a group. */
  readonly recvID: string;
  readonly groupID: string;
  readonly clientMsgID: string;
  readonly serverMsgID: string;
  readonly conversationID: string;
  readonly content: string;
  readonly receivers: readonly string[];
}

export function conversationOf({
  sendID,
  recvID,
  groupID,
}: Pick<Message, 'sendID' | 'recvID' | 'groupID'>): string {
  if (groupID !== '') return `sg_${groupID}`;
  return `si_${[sendID, recvID].toSorted().join('_')}`;
}
