/** Functions that scripts declare when their text calls them; what Java's Math has and Painless hides is among them. */
import { MAX_TEXT } from '../../functions/text-length.ts';

/** What a script says of a text that is too long; src/cluster/cluster-error.ts knows it. */
export const TOO_LONG = `a computed text is longer than ${MAX_TEXT} characters, the limit of scripts`;

const HELPERS: Readonly<Record<string, string>> = {
  exactInt:
    "long exactInt(long r) { if (r < -2147483648L || r > 2147483647L) { throw new ArithmeticException('integer overflow'); } return r; }",
  addLong:
    "long addLong(long a, long b) { long r = a + b; if (((a ^ r) & (b ^ r)) < 0L) { throw new ArithmeticException('long overflow'); } return r; }",
  subtractLong:
    "long subtractLong(long a, long b) { long r = a - b; if (((a ^ b) & (a ^ r)) < 0L) { throw new ArithmeticException('long overflow'); } return r; }",
  multiplyLong:
    "long multiplyLong(long a, long b) { long r = a * b; if (a != 0L && (r / a != b || (a == -1L && b == Long.MIN_VALUE))) { throw new ArithmeticException('long overflow'); } return r; }",
  divideLong:
    "long divideLong(long a, long b) { if (a == Long.MIN_VALUE && b == -1L) { throw new ArithmeticException('long overflow'); } return a / b; }",
  wholeLong:
    "long wholeLong(double d) { if (!(d >= -9.223372036854775808E18 && d < 9.223372036854775808E18)) { throw new ArithmeticException('a number is out of the range of long'); } return (long) d; }",
  within:
    "long within(long n, long least, long most, String type) { if (n < least || n > most) { throw new ArithmeticException('the number ' + n + ' is out of the range of ' + type); } return n; }",
  floorModLong: 'long floorModLong(long a, long b) { long r = a % b; return r != 0L && ((r ^ b) < 0L) ? r + b : r; }',
  wallClock:
    'def wallClock(ZonedDateTime t, String zone) { try { ZonedDateTime w = t.withZoneSameInstant(ZoneId.of(zone)).withZoneSameLocal(ZoneOffset.UTC); return w.getYear() < 0 || w.getYear() > 9999 ? null : (def) w; } catch (DateTimeException e) { return null; } }',
  utf8Length:
    'long utf8Length(String s) { long n = 0; for (int i = 0; i < s.length(); i++) { int c = (int) s.charAt(i); if (c < 128) { n += 1; } else if (c < 2048) { n += 2; } else if (c >= 55296 && c <= 57343) { n += 2; } else { n += 3; } } return n; }',
  // Characters are code points; a count beyond the text stops at its end, one below zero at its beginning.
  charactersOf: 'long charactersOf(String s) { return (long) s.codePointCount(0, s.length()); }',
  placeAfter:
    'int placeAfter(String s, long count) { int at = 0; for (long left = count; left > 0L && at < s.length(); left--) { at += s.codePointAt(at) > 65535 ? 2 : 1; } return at; }',
  substringOf:
    "String substringOf(String s, long at, long count) { if (at == 0L || count <= 0L) { return ''; } long skipped = at - 1L; if (at < 0L) { skipped = (long) s.codePointCount(0, s.length()) + at; if (skipped < 0L) { return ''; } } String rest = s.substring(placeAfter(s, skipped)); return rest.substring(0, placeAfter(rest, count)); }",
  locateOf:
    'long locateOf(String wanted, String s, long at) { int found = s.indexOf(wanted, placeAfter(s, at - 1L)); return found < 0 ? 0L : (long) s.codePointCount(0, found) + 1L; }',
  // Counted first, so that no text is made that the node cannot hold.
  replacedText: `String replacedText(String s, String a, String b) { if (a.length() == 0) { return s; } long n = (long) s.length(); for (int at = s.indexOf(a); at >= 0; at = s.indexOf(a, at + a.length())) { n += (long) b.length() - (long) a.length(); } if (n > ${MAX_TEXT}L) { throw new IllegalArgumentException('${TOO_LONG}'); } return s.replace(a, b); }`,
  // Tokens: -1 any run, -2 one character, else a folded code unit; the same walk as the closure's.
  likeOf:
    'boolean likeOf(String s, def tokens) { int n = s.length(); int m = tokens.size(); int at = 0; int t = 0; int star = -1; int taken = 0; while (at < n) { int wanted = t < m ? (int) tokens[t] : -3; int unit = (int) s.charAt(at); if (unit >= 65 && unit <= 90) { unit += 32; } if (wanted == -1) { star = t; t++; taken = at; } else if (wanted == -2) { at += s.codePointAt(at) > 65535 ? 2 : 1; t++; } else if (wanted == unit) { at++; t++; } else if (star >= 0) { taken += s.codePointAt(taken) > 65535 ? 2 : 1; at = taken; t = star + 1; } else { return false; } } while (t < m && (int) tokens[t] == -1) { t++; } return t == m; }',
};

/** The declarations that a script's text needs, in a fixed order. */
export function declarations(text: string): string {
  const needed = new Set<string>();
  const add = (calling: string): void => {
    for (const [name, source] of Object.entries(HELPERS)) {
      if (needed.has(name) || !new RegExp(`\\b${name}\\(`).test(calling)) continue;
      needed.add(name);
      add(source);
    }
  };
  add(text);
  return Object.entries(HELPERS)
    .filter(([name]) => needed.has(name))
    .map(([, source]) => `${source} `)
    .join('');
}
