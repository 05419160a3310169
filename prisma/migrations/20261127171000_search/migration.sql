-- What applies migrations cuts them at every semicolon: inside a function one is written \x3b.

-- The words of a text, in lower case. Scripts that are written without spaces, or with few, as
-- Chinese, Japanese, Korean and Thai: every two letters that follow each other are a word. Works by the
-- letters alone: the text parser of Postgres takes quadratic time on some hostile mails.
-- lib/tickets/search-words.ts cuts up what is looked for in the same way.
-- Limits: 100,000 characters, half of it where there are such letters, and 200 letters of a word.
CREATE FUNCTION search_words(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2000 AS E'
DECLARE words text := lower(regexp_replace(left(said, 100000), ''[^[:alnum:]\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff\u0e30-\u0e5b\u0eb0-\u0edf\u0f18-\u0fbc\u1000-\u1049\u1780-\u17d3]+'', '' '', ''g''))\x3b
BEGIN
  IF octet_length(words) > length(words) AND words ~ ''[\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u1780-\u17d3\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]'' THEN
    words := regexp_replace(left(words, 50000), ''([\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u1780-\u17d3\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]+)'', '' \\1 '', ''g'')\x3b
    words := regexp_replace(words, ''([\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u1780-\u17d3\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]{2})'', '' \\1 '', ''g'') || '' '' || regexp_replace(
      regexp_replace(words, ''(^|[^\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u1780-\u17d3\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f])([\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u1780-\u17d3\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f])'', ''\\1\\2 '', ''g''),
      ''([\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u1780-\u17d3\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]{2})'', '' \\1 '', ''g'')\x3b
  END IF\x3b
  IF words ~ ''[^ ]{201}'' THEN
    words := regexp_replace(words, ''([^ ]{200})[^ ]+'', ''\\1'', ''g'')\x3b
  END IF\x3b
  RETURN array_remove(string_to_array(words, '' ''), '''')\x3b
END';

-- The words of a message, and the ticket it is on as a word of its own: "does this ticket hold that
-- word" is then answered by the index, without reading one message.
DROP INDEX "Message_words";
CREATE INDEX "Message_words" ON "Message" USING gin (array_to_tsvector(search_words(
  "subject" || ' ' || "fromName" || ' ' || coalesce("fromAddress", '') || ' ' || "newText") || ('#' || "ticketId"::text)));
CREATE INDEX "Ticket_words" ON "Ticket" USING gin (array_to_tsvector(search_words("subject")));
CREATE INDEX "Contact_words" ON "Contact" USING gin (array_to_tsvector(search_words("name" || ' ' || "email"::text)));
CREATE INDEX "Attachment_words" ON "Attachment" USING gin (array_to_tsvector(search_words("filename")));

-- Which words are common decides how to look for them: the usual sample knows only very common ones.
ALTER INDEX "Message_words" ALTER COLUMN 1 SET STATISTICS 300;
