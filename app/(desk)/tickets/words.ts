import type { TicketPriority, TicketSource, TicketStatus } from "@/lib/db/generated/enums";
import type { TicketView } from "@/lib/tickets/query";

export const VIEW_WORDS: Record<TicketView, string> = {
  "my-open": "My open",
  unassigned: "Unassigned",
  "all-open": "All open",
  waiting: "Waiting on customer",
  snoozed: "Snoozed",
  solved: "Solved",
  automatic: "Automatic",
  spam: "Spam",
  all: "All tickets",
};

export const SOURCE_WORDS: Record<TicketSource, string> = {
  EMAIL: "Email",
  WEB: "Web",
  API: "API",
};

export const STATUS_WORDS: Record<TicketStatus, string> = {
  OPEN: "Open",
  PENDING: "Pending",
  SOLVED: "Solved",
  CLOSED: "Closed",
};

export const PRIORITY_WORDS: Record<TicketPriority, string> = {
  LOW: "Low",
  NORMAL: "Normal",
  HIGH: "High",
  URGENT: "Urgent",
};
