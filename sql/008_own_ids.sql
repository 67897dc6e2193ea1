-- To find a store by its ID among those of one owner (statement store_by_id_seen_by).
CREATE INDEX store_by_owner_and_id ON store (owner_id, id);
