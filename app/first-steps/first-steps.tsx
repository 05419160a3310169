import { hasPracticeServer } from "@/app/(desk)/practice/practice-server";
import { readFirstSteps } from "@/lib/first-steps";
import type { SignedIn } from "../auth";
import { StepsPanel } from "./steps-panel";

type Props = {
  viewer: SignedIn;
  /** Beside the work they are about only the next step stands, and the rest folds open. */
  isFolded?: boolean;
};

/** What a new admin does next, above the page; nothing for anybody else. */
export async function FirstSteps({ viewer, isFolded = false }: Props) {
  const first = await readFirstSteps(viewer, { hasPracticeServer: hasPracticeServer() });
  return first && <StepsPanel first={first} isFolded={isFolded} />;
}
