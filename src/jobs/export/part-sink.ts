/** What takes the rows of a lane and makes parts of them. */
export interface PartSink<T> {
  /** The first `count` rows of a batch. */
  write(batch: T, count: number): Promise<void>;
  /** The last part is whole. */
  end(): Promise<void>;
  /** Gives up the part that is being written. */
  destroy(): Promise<void>;
}
