-- A message is read with its texts. Up to a page of them stays where the row is, as it is: most are
-- shorter, and compressing them and storing them elsewhere cost more than writing them. Longer ones are
-- compressed and stored elsewhere as before, and so is nothing that is stored already.
ALTER TABLE "Message" SET (toast_tuple_target = 8160);
