/** Rebuilds a mapping from `_field_caps`, for indices of other clusters, whose mappings cannot be asked for. */
export interface FieldCaps {
  readonly indices?: readonly string[];
  readonly fields: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Node {
  type?: string;
  properties?: Record<string, Node>;
  fields?: Record<string, Node>;
}

export function mappingFromFieldCaps(caps: FieldCaps): { readonly properties: Record<string, Node> } {
  const root: Node = { properties: {} };
  // Parents come before their children when paths are in order of length.
  const paths = Object.keys(caps.fields).filter((path) => !path.startsWith('_'));
  for (const path of paths.sort((a, b) => a.split('.').length - b.split('.').length)) {
    const types = Object.keys(caps.fields[path]!).filter((type) => type !== 'unmapped');
    if (types[0] !== undefined) place(root, path.split('.'), types[0]);
  }
  return { properties: root.properties ?? {} };
}

function place(root: Node, steps: readonly string[], type: string): void {
  let node = root;
  for (const step of steps) node = child(node, step);
  if (type !== 'object') node.type = type;
}

/** What hangs below a field that is no object is a multi-field of it. */
function child(node: Node, name: string): Node {
  const isLeaf = node.type !== undefined && node.type !== 'object' && node.type !== 'nested';
  const children = (isLeaf ? node.fields : node.properties) ?? {};
  if (isLeaf) node.fields = children;
  else node.properties = children;
  children[name] ??= {};
  return children[name];
}
