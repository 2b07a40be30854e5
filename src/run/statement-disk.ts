/** The disk that one statement takes at a time: what its engines spill, and the rows that are kept of it. */
import { SqlError } from '../../translators/errors.ts';

/** Something that grows without asking, and can be asked how far it has. */
interface Spilling {
  spilled(): Promise<number>;
}

export class StatementDisk {
  readonly #spilling = new Set<Spilling>();
  #spilled = 0;
  #kept = 0;

  /** Bytes; 0 for no limit. */
  constructor(private readonly limit: number) {}

  /** What may still be taken; absent: as much as there is. */
  async left(): Promise<number | undefined> {
    if (this.limit === 0) return undefined;
    await this.measure();
    return Math.max(0, this.limit - this.#spilled - this.#kept);
  }

  async measure(): Promise<void> {
    const sizes = await Promise.all([...this.#spilling].map((one) => one.spilled()));
    this.#spilled = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** The returned function tells that it is gone. */
  spills(one: Spilling): () => Promise<void> {
    this.#spilling.add(one);
    return () => {
      this.#spilling.delete(one);
      return this.measure();
    };
  }

  /** Before so many bytes are written; throws where they are too many. */
  keep(bytes: number): void {
    this.#kept += bytes;
    if (this.limit === 0 || this.#kept + this.#spilled <= this.limit) return;
    throw new SqlError(
      'spoolLimit',
      `The statement would take more than ${this.limit} bytes of disk (MAX_SPOOL_PER_STATEMENT); ask for fewer rows or columns.`,
    );
  }
}

const disks = new WeakMap<object, StatementDisk>();

/** One for each request, whatever parts of its statement run. */
export function diskOf(request: object, limit: number): StatementDisk {
  const known = disks.get(request) ?? new StatementDisk(limit);
  disks.set(request, known);
  return known;
}
