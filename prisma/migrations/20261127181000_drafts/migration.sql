-- Drafts keep formatting and the form's other fields.
ALTER TABLE "Draft" ADD COLUMN "html" TEXT,
  ADD COLUMN "fields" JSONB NOT NULL DEFAULT '{}';
