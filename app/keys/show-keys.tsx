"use client";

import { use } from "react";
import { Button } from "../ui/button";
import { useWords } from "../words/language-context";
import { profileWords } from "../words/profile";
import { KeysContext } from "./key-hint";

/** Opens the sheet of keys with the pointer. */
export function ShowKeys() {
  const words = useWords(profileWords);
  const keys = use(KeysContext);
  if (!keys) return null;
  return (
    <Button aria-haspopup="dialog" onClick={keys.openSheet}>
      {words.showKeys}
    </Button>
  );
}
