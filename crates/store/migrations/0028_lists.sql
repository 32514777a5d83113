-- Lists for the page: what lies directly below a place, boxes and plates and transfers by time, the results of a plate, boxes on their way.

-- The places of one level. What has no dot is a root.
CREATE INDEX place_by_parent ON quell.place (book_id, substring(place FROM '^(.*)[.]'), place);
CREATE INDEX box_by_time ON quell.box (book_id, packed_at, box);
CREATE INDEX tube_boxed ON quell.tube (book_id, box) WHERE box IS NOT NULL AND state IN ('sealed', 'in_transit');
CREATE INDEX plate_by_time ON quell.plate (book_id, read_at, plate);
CREATE INDEX result_by_plate ON quell.result (book_id, plate) WHERE plate IS NOT NULL;
CREATE INDEX transfer_by_time ON quell.transfer (book_id, requested_at, transfer_id);
CREATE INDEX transfer_under_way ON quell.transfer (book_id, requested_at, transfer_id) WHERE state NOT IN ('admitted', 'called_off');
