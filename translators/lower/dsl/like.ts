/** LIKE on a field: wildcard, prefix or term queries that fold ASCII case, as LIKE does. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Field } from '../../algebra/schema.ts';
import type { Place } from './context.ts';
import { always, type Leaf } from './leaf.ts';
import { likeParts } from './like-pattern.ts';
import { anyValue, onWhole, textEquals, type WholeValue, wholeValueOf } from './text.ts';

export function likeLeaf(field: Field, pattern: string, mark: string, place: Place): Leaf | undefined {
  const parts = likeParts(pattern, mark);
  const whole = wholeValueOf(field, place);
  if (parts.length === 1 && parts[0] === 'any') {
    const present = whole?.present ?? anyValue(field, place)?.present;
    return present && always(field, present);
  }
  if (parts.length === 0) return textEquals(field, [''], place);
  if (!whole || whole.mapping === 'version') return anyValue(field, place);
  // OpenSearch 3.8 matches the pattern of a constant by its stars alone: no `?`, no escapes.
  if (whole.mapping === 'constant_keyword' && parts.some((part) => part === 'one' || /[\\*?]/.test(textOf(part)))) {
    return anyValue(field, place);
  }
  return onWhole(field, whole, patternQuery(whole, parts));
}

function patternQuery(whole: WholeValue, parts: ReturnType<typeof likeParts>): Dsl {
  const [first, second] = parts;
  const leaf = (kind: 'term' | 'prefix' | 'wildcard', value: string): Dsl => ({
    [kind]: { [whole.path]: { value, case_insensitive: true } },
  });
  if (typeof first === 'object' && parts.length === 1) return leaf('term', first.text);
  // n-gram fields of OpenSearch answer prefix queries wrongly where the text holds a backslash.
  if (typeof first === 'object' && second === 'any' && parts.length === 2 && whole.mapping !== 'wildcard') {
    return leaf('prefix', first.text);
  }
  return leaf('wildcard', parts.map(wildcardText).join(''));
}

const textOf = (part: ReturnType<typeof likeParts>[number]): string => (typeof part === 'object' ? part.text : '');

function wildcardText(part: ReturnType<typeof likeParts>[number]): string {
  if (part === 'any') return '*';
  return part === 'one' ? '?' : part.text.replace(/[\\*?]/g, '\\$&');
}
