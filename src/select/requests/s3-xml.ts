/** The XML of a select request as a tree: text exactly as sent, no entities but characters, no DTD (s3-select 1, four traps). */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { SelectError } from '../errors.ts';

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All text directly inside; '' for an empty element, which is a value too. */
  readonly text: string;
}

/** A character that no XML document may hold: it stands for a raw CR, which parsers of XML must turn into LF. */
const RAW_CR = '\uffff';
const DEEPEST = 16;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

const parser = new XMLParser({
  preserveOrder: true,
  trimValues: false,
  parseTagValue: false,
  // Decoded below: the parser's own decoding leaves out numeric references and expands entities of a DTD.
  processEntities: false,
  cdataPropName: '#cdata',
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  maxNestedTags: DEEPEST,
});

type Node = Readonly<Record<string, readonly Node[] | string>>;

/** The root element; rejects with MalformedXML. */
export function parseXml(bytes: Buffer): XmlElement {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
  if (text.includes(RAW_CR)) throw malformed('The body holds U+FFFF, which XML forbids.');
  // A DTD could name files and grow without end; no client sends one.
  if (/<!(?!--|\[CDATA\[)/.test(text)) throw malformed('A document type is not allowed.');
  const kept = text.replace(/<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>|\r/g, (part) =>
    part.startsWith('<!') || part === '\r' ? part.replaceAll('\r', RAW_CR) : part,
  );
  let nodes: readonly Node[];
  try {
    // First, since it stops at too deep a nesting, which the validator is slow to walk.
    nodes = parser.parse(kept) as readonly Node[];
  } catch (error) {
    throw malformed(`The body is not XML: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw malformed(`The body is not XML: ${valid.err.msg} (line ${valid.err.line}).`);
  const roots = nodes.filter((node) => nameOf(node) !== '#text');
  if (roots.length !== 1) throw malformed('The body must have one root element.');
  return elementOf(roots[0]!);
}

function nameOf(node: Node): string {
  return Object.keys(node).find((key) => key !== ':@') ?? '#text';
}

function elementOf(node: Node): XmlElement {
  const name = nameOf(node);
  const content = node[name] as readonly Node[];
  const children: XmlElement[] = [];
  let text = '';
  for (const part of content) {
    const kind = nameOf(part);
    if (kind === '#text') text += decode(String(part['#text'] ?? ''));
    else if (kind === '#cdata') text += (part['#cdata'] as readonly Node[]).map((one) => String(one['#text'])).join('');
    else children.push(elementOf(part));
  }
  return { name, children, text: text.replaceAll(RAW_CR, '\r') };
}

function decode(text: string): string {
  return text.replace(/&([^;&]*);?/g, (all, body: string) => {
    const named = Object.hasOwn(NAMED, body) ? NAMED[body] : numeric(body);
    if (named === undefined || !all.endsWith(';')) throw malformed(`There is no entity ${all.slice(0, 20)}.`);
    return named;
  });
}

function numeric(body: string): string | undefined {
  const match = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(body);
  if (match === null) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return code === 0 || code > 0x10ffff || surrogate ? undefined : String.fromCodePoint(code);
}

const malformed = (message: string): SelectError => new SelectError('MalformedXML', message);
