/** `FROM ${POSITIONS} p`: id and position of every published change, each group written out, with no search. */
export const POSITIONS = `(
  SELECT c.id, g.position FROM change c JOIN (
    SELECT pool_id, sequence, first_position + sequence - first_sequence AS position
    FROM publication, generate_series(first_sequence, last_sequence) sequence OFFSET 0) g USING (pool_id, sequence)
  UNION ALL SELECT c.id, p.last_position FROM publication p JOIN change c ON c.id = p.change_id)`;

/** `FROM ${WAITING} w`: id of every change in the outbox. */
export const WAITING = `(
  SELECT c.id FROM change c JOIN (
    SELECT pool_id, sequence FROM outbox, generate_series(first_sequence, last_sequence) sequence OFFSET 0) g USING (pool_id, sequence)
  UNION ALL SELECT c.id FROM outbox o JOIN change c ON c.id = o.change_id)`;
