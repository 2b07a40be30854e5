/** The one error of the embedded node: its message is a sentence for the person who started the server. */
export class EmbeddedNodeError extends Error {
  override readonly name = 'EmbeddedNodeError';
}
