import type { ConversationMessage } from "@/lib/tickets/conversation";

/** Who said it, as well as we know. */
export function senderName(message: ConversationMessage): string {
  return message.author?.name || message.fromName || message.fromAddress || "Unknown sender";
}
