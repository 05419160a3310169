type Timed = { createdAt: Date };
type Item<Message, Event> =
  | { type: "message"; at: Date; message: Message }
  | { type: "event"; at: Date; event: Event };

/** Messages and events by time; events from before the oldest message that is shown stay out. */
export function inOrder<Message extends Timed, Event extends Timed>(
  messages: Message[],
  events: Event[],
  oldest: Date | undefined,
): Item<Message, Event>[] {
  const items: Item<Message, Event>[] = [
    ...messages.map((message) => ({ type: "message" as const, at: message.createdAt, message })),
    ...events
      .filter((event) => !oldest || event.createdAt >= oldest)
      .map((event) => ({ type: "event" as const, at: event.createdAt, event })),
  ];
  // Stable: a message comes before the events of its own transaction.
  return items.sort((a, b) => a.at.getTime() - b.at.getTime());
}
