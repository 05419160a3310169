import {
  Bot,
  CirclePause,
  CircleSlash,
  Clock,
  CopyCheck,
  type LucideIcon,
  Plus,
  Reply,
  TriangleAlert,
} from "lucide-react";
import { Badge, type Tone } from "@/app/ui/badge";
import type { ReceiptOutcome } from "@/lib/inbound/receipts";

const LOOKS: Record<ReceiptOutcome, { tone: Tone; icon: LucideIcon; word: string }> = {
  ticket: { tone: "green", icon: Plus, word: "New ticket" },
  reply: { tone: "blue", icon: Reply, word: "Reply" },
  automatic: { tone: "grey", icon: Bot, word: "Automatic" },
  duplicate: { tone: "plain", icon: CopyCheck, word: "Seen before" },
  ignored: { tone: "plain", icon: CircleSlash, word: "Ignored" },
  quarantined: { tone: "amber", icon: TriangleAlert, word: "Quarantine" },
  held: { tone: "amber", icon: CirclePause, word: "On hold" },
  waiting: { tone: "grey", icon: Clock, word: "Waiting" },
  other: { tone: "red", icon: TriangleAlert, word: "Unknown" },
};

/** What became of a mail. */
export function OutcomeBadge({ outcome }: { outcome: ReceiptOutcome }) {
  const { tone, icon, word } = LOOKS[outcome];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
