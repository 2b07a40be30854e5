/** A part of a request to the cluster, as JSON. */

export type Dsl = Readonly<Record<string, unknown>>;
