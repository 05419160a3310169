import { CopyTable } from "./copy-table";

const columns = (names: string) =>
  names
    .split(" ")
    .map((name) => `"${name}"`)
    .join(", ");

const table = (name: string, names: string) => new CopyTable(`"${name}" (${columns(names)})`);

export type DeskTables = Record<
  "ticket" | "message" | "participant" | "tag" | "read" | "attachment",
  CopyTable
>;

export function peopleTables() {
  return {
    user: table("User", "id email name role passwordHash updatedAt"),
    account: table(
      "EmailAccount",
      "id email smtpHost smtpPort smtpSecurity smtpUsername isDefault updatedAt",
    ),
    contact: table("Contact", "id email name createdAt updatedAt"),
    tag: table("Tag", "id name"),
    blob: table("Blob", "sha256 size bytes"),
  };
}

export function deskTables(): DeskTables {
  return {
    ticket: table(
      "Ticket",
      "id number subject status priority source requesterId assigneeId accountId isSpam isAutomatic snoozedUntil snippet messageCount lastMessageAt awaitingUs awaitingSince createdAt updatedAt closedAt mergedIntoId deletedAt firstResponseAt firstResponseSeconds solvedAt resolutionSeconds",
    ),
    message: table(
      "Message",
      "id ticketId kind messageId messageIdKey inReplyTo references referenceKeys warnings fromName fromAddress toAddresses subject sentAt newText authorId contactId createdAt",
    ),
    participant: table("TicketParticipant", "ticketId contactId role"),
    tag: table("_TagToTicket", "A B"),
    read: table("TicketRead", "ticketId userId readAt"),
    attachment: table("Attachment", "id messageRowId position filename mediaType size blobSha256"),
  };
}

/** Everything that is filled; what refers to it is emptied with it. */
export const FILLED_TABLES =
  '"User", "EmailAccount", "Contact", "Tag", "Blob", "Ticket", "Message", "TicketParticipant", "_TagToTicket", "TicketRead", "Attachment"';
