import { z } from "zod";
import { addressKey, isSendableAddress } from "../mail/address";
import { cut, oneLine } from "../mail/text";

/** Further addresses that one account may have. */
export const ALIASES_MAX = 50;

const TEXT_MAX = 20_000;

/**
 * Further addresses as they are typed, one a line or with commas between them: in the form of
 * addressKey(), each once. Refuses the first that nothing could be sent from.
 */
export const aliasList = z
  .union([z.string().max(TEXT_MAX, "That is too long."), z.array(z.string().max(500))])
  .default("")
  .transform((typed, context) => {
    const parts = typeof typed === "string" ? typed.split(/[\s,;]+/) : typed;
    const addresses = [...new Set(parts.map((part) => part.trim()).filter(Boolean))];
    const wrong = addresses.find((address) => !isSendableAddress(address));
    const message =
      wrong !== undefined
        ? `“${cut(oneLine(wrong), 100)}” must be a whole address, such as sales@yourcompany.com.`
        : addresses.length > ALIASES_MAX
          ? `At most ${ALIASES_MAX} other addresses.`
          : null;
    if (message === null) return [...new Set(addresses.map(addressKey))];
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
