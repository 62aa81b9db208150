/** What a caller can ask for. Each call is one request; a caller makes one after the other. */
export interface Register {
  allocate(caller: number): Promise<void>;
  /** Of an allocation that was there before. */
  release(caller: number): Promise<void>;
  /** By turns: allocate by key, reserve by key, confirm, release. */
  mixed(caller: number): Promise<void>;
  /** Changes that still wait for their position. */
  backlog(): Promise<number>;
  /** Throws OracleError where the database does not hold what was acknowledged. */
  check(): Promise<void>;
  stop(): Promise<void>;
}
