-- Whether single letters are shortcuts for this person (WCAG 2.1.4 asks for a way to turn them off).
ALTER TABLE "User" ADD COLUMN "singleKeys" BOOLEAN NOT NULL DEFAULT true;
