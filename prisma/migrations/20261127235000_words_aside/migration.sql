-- The words of new messages wait beside their index until the worker sorts them in, every five seconds.
-- With room for 4 MB, while much mail comes in, a batch of mails had to do that itself every second.
ALTER INDEX "Message_words" SET (gin_pending_list_limit = 16384);
