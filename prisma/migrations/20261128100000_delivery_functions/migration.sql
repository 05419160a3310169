-- What applies migrations cuts them at every semicolon: inside a function one is written \x3b.

-- What ends every mail that leaves and claims the next, as functions: a connection plans them once and
-- not for each mail, which took twice as long as carrying them out, and works behind any pooler, as
-- named statements don't. lib/outbound/delivery-claims.ts calls them and says what they promise.
CREATE FUNCTION finish_delivery(
  in_id uuid, in_token bigint, in_status "OutboundStatus", in_recipients jsonb, in_response text,
  in_error text, in_fix text, in_wait double precision, in_is_no_try boolean,
  in_copy_wait double precision, in_more_time interval, in_channel text, in_notice text
) RETURNS void LANGUAGE plpgsql AS E'
BEGIN
  UPDATE "OutboundEmail" SET "status" = in_status,
    -- Who is reported as undeliverable stays so: the report may have come in before the end of the try was written.
    "recipients" = COALESCE((
      SELECT jsonb_agg(COALESCE(bounced.value, ended.value) ORDER BY ended.n)
      FROM jsonb_array_elements(in_recipients) WITH ORDINALITY AS ended (value, n)
      LEFT JOIN LATERAL (
        SELECT known.value FROM jsonb_array_elements("OutboundEmail"."recipients") AS known (value)
        WHERE known.value->>''address'' = ended.value->>''address'' AND known.value->>''status'' = ''bounced''
        LIMIT 1) bounced ON true), ''[]''),
    "lastResponse" = COALESCE(in_response, "lastResponse"), "lastError" = in_error, "lastErrorFix" = in_fix,
    "leaseOwner" = NULL, "leaseUntil" = NULL,
    "nextAttemptAt" = now() + make_interval(secs => in_wait),
    "giveUpAt" = GREATEST("giveUpAt", now() + in_more_time),
    "noticeSealed" = CASE WHEN in_status = ''QUEUED'' OR (in_status = ''UNKNOWN'' AND "unknowns" = 0) THEN "noticeSealed" END,
    "sentAt" = CASE WHEN in_status = ''SENT'' THEN now() ELSE "sentAt" END,
    "sentCopyDueAt" = CASE WHEN in_status = ''SENT'' AND "messageRowId" IS NOT NULL AND EXISTS (
      SELECT 1 FROM "EmailAccount" a WHERE a."id" = "OutboundEmail"."accountId" AND a."copyToSent")
      THEN now() + make_interval(secs => in_copy_wait) END,
    "unknowns" = "unknowns" + CASE WHEN in_status = ''UNKNOWN'' THEN 1 ELSE 0 END,
    "attempts" = "attempts" - CASE WHEN in_is_no_try THEN 1 ELSE 0 END
  WHERE "id" = in_id AND "leaseToken" = in_token\x3b
  IF FOUND AND in_notice IS NOT NULL THEN
    PERFORM pg_notify(in_channel, in_notice)\x3b
  END IF\x3b
END';

CREATE FUNCTION finish_and_claim_delivery(
  in_id uuid, in_token bigint, in_status "OutboundStatus", in_recipients jsonb, in_response text,
  in_error text, in_fix text, in_wait double precision, in_is_no_try boolean,
  in_copy_wait double precision, in_more_time interval, in_channel text, in_notice text,
  in_account uuid, in_mails_per_minute integer, in_owner text, in_lease double precision
) RETURNS TABLE (
  "id" uuid, "messageRowId" uuid, "noticeSealed" text, "accountId" uuid, "accountUpdatedAt" timestamptz,
  "ticketId" uuid, "messageId" text, "recipients" jsonb, "attempts" integer, "unknowns" integer,
  "isTooLate" boolean, "token" text
) LANGUAGE plpgsql AS E'
#variable_conflict use_column
BEGIN
  PERFORM finish_delivery(in_id, in_token, in_status, in_recipients, in_response, in_error, in_fix,
    in_wait, in_is_no_try, in_copy_wait, in_more_time, in_channel, in_notice)\x3b
  IF in_mails_per_minute <= (
    SELECT count(*) FROM "OutboundEmail" recent
    WHERE recent."accountId" = in_account AND recent."sentAt" > now() - interval ''1 minute'') THEN
    RETURN\x3b
  END IF\x3b
  RETURN QUERY UPDATE "OutboundEmail" o SET "status" = ''SENDING'', "leaseOwner" = in_owner,
    "leaseUntil" = now() + make_interval(secs => in_lease), "leaseToken" = o."leaseToken" + 1,
    "attempts" = o."attempts" + 1
  WHERE o."id" = (
    SELECT due."id" FROM "OutboundEmail" due
    WHERE due."accountId" = in_account AND due."status" = ''QUEUED''
      AND due."nextAttemptAt" <= now() + interval ''1 millisecond''
      AND NOT coalesce(
        (SELECT ours."ticketId" FROM "Message" ours WHERE ours."id" = due."messageRowId") = ANY (ARRAY(
          SELECT theirs."ticketId" FROM "OutboundEmail" busy JOIN "Message" theirs ON theirs."id" = busy."messageRowId"
          WHERE busy."status" = ''SENDING'' AND busy."leaseUntil" >= now())), false)
    ORDER BY due."nextAttemptAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING o."id", o."messageRowId", o."noticeSealed", o."accountId",
    (SELECT a."updatedAt" FROM "EmailAccount" a WHERE a."id" = o."accountId"),
    (SELECT m."ticketId" FROM "Message" m WHERE m."id" = o."messageRowId"),
    o."messageId", o."recipients", o."attempts", o."unknowns", o."giveUpAt" <= now(), o."leaseToken"::text\x3b
END';
