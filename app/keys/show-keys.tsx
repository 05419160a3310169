"use client";

import { use } from "react";
import { Button } from "../ui/button";
import { KeysContext } from "./key-hint";

/** Opens the sheet of keys with the pointer. */
export function ShowKeys() {
  const keys = use(KeysContext);
  if (!keys) return null;
  return (
    <Button aria-haspopup="dialog" onClick={keys.openSheet}>
      Show all keys
    </Button>
  );
}
