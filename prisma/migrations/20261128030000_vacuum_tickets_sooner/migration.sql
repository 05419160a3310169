-- Lists are read from indexes alone, and look at the table for every ticket on a page that was changed
-- since the last vacuum: up to 20,000 of a million, which are the newest ones. A vacuum that finds few
-- such pages leaves them as they are, unless it is told to clean the indexes always: a second of work.
ALTER TABLE "Ticket" SET (autovacuum_vacuum_scale_factor = 0.002, autovacuum_vacuum_insert_scale_factor = 0.002, vacuum_index_cleanup = on);
ALTER TABLE "_TagToTicket" SET (autovacuum_vacuum_insert_scale_factor = 0.01);
