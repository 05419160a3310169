-- A message is read with its texts. While all of it fits a page it stays in its row as it is: compressing
-- texts and storing them elsewhere cost more than writing them. Longer ones go elsewhere as before.
ALTER TABLE "Message" SET (toast_tuple_target = 8160);
