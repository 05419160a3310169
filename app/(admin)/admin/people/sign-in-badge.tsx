import { Ban, Check, MailQuestionMark } from "lucide-react";
import type { Person } from "@/lib/users";
import { Badge } from "../../../ui/badge";

/** Whether somebody can sign in, was invited, or is shut out. */
export function SignInBadge({ person }: { person: Pick<Person, "isActive" | "hasPassword"> }) {
  if (!person.isActive)
    return (
      <Badge tone="plain" icon={Ban}>
        Deactivated
      </Badge>
    );
  return person.hasPassword ? (
    <Badge tone="green" icon={Check}>
      Active
    </Badge>
  ) : (
    <Badge tone="amber" icon={MailQuestionMark}>
      Invited
    </Badge>
  );
}
