/** Reads the value of a search function's option by its kind. */

import type { OptionKind } from '../algebra/function.ts';
import { SqlError } from '../errors.ts';

/** Options whose text has a form of its own. */
const FORMS: Readonly<Record<string, { readonly form: RegExp; readonly hint: string }>> = {
  fuzziness: {
    form: /^(auto(:\d+,\d+)?|\d+(\.\d+)?)$/i,
    hint: 'Available values are: "AUTO", "AUTO:x,z" or z (where x, z - integer values)',
  },
  flags: {
    form: /^\s*[a-z]+\s*(\|\s*[a-z]+\s*)*$/i,
    hint: 'Available values are names joined by |, such as OR|AND|PREFIX',
  },
  minimum_should_match: {
    form: /^\s*-?\d+%?\s*$|^\s*(\d+<-?\d+%?\s*)+$/,
    hint: 'Available values are a number, a percentage, or conditions such as 2<75%',
  },
};

export function checkedValue(name: string, kind: OptionKind, value: string): string | number | boolean {
  const wrong = (hint: string): SqlError =>
    new SqlError('illegalArgument', `Invalid ${name} value: '${value}'. ${hint}`);
  const text = value.trim();
  switch (kind) {
    case 'boolean': {
      const lower = text.toLowerCase();
      if (lower !== 'true' && lower !== 'false')
        throw wrong('Accepts only boolean values: case insensitive "true" or "false".');
      return lower === 'true';
    }
    case 'integer':
      if (!/^[+-]?\d{1,10}$/.test(text)) throw wrong('Accepts only integer values.');
      return Number(text);
    case 'number':
      if (text === '' || !Number.isFinite(Number(text)))
        throw wrong('Accepts only floating point values greater than 0.');
      return Number(text);
    case 'text': {
      const rule = FORMS[name];
      if (rule && !rule.form.test(value)) throw wrong(rule.hint);
      return value;
    }
    default: {
      const found = kind.find((one) => one.toLowerCase() === text.toLowerCase());
      if (found === undefined) throw wrong(`Available values are: ${kind.join(', ')}.`);
      // The documented NULL is the cluster's default.
      return found === 'null' ? 'none' : found;
    }
  }
}
