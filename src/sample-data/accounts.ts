/** `accounts`: bank customers with an address object, nested contacts and cards, an integer beyond 2^53, and missing fields. */
import { PLACES } from './places.ts';
import { seeded } from './random.ts';
import { GEO_POINT, KEYWORD, type SampleIndex, TEXT } from './sample.ts';

export const ACCOUNT_COUNT = 1_000;

const FIRST_NAMES = [
  ...[
    'Ada',
    'Amber',
    'Bruno',
    'Carla',
    'Chen',
    'Dale',
    'Dmitri',
    'Elinor',
    'Farah',
    'Gustav',
    'Hattie',
    'Ines',
    'Jonas',
    'Keiko',
  ],
  ...[
    'Liam',
    'Mirela',
    'Nanette',
    'Omar',
    'Priya',
    'Quentin',
    'Rosa',
    'Søren',
    'Tomás',
    'Ulla',
    'Virginia',
    'Wendell',
    'Yusuf',
    'Zoë',
  ],
] as const;
const LAST_NAMES = [
  ...[
    'Adams',
    'Ayala',
    'Bates',
    'Bond',
    'Castillo',
    'Duke',
    'Eriksson',
    'Fischer',
    'García',
    'Hughes',
    'Ivanova',
    'Jensen',
    'Kim',
  ],
  ...[
    'Lindqvist',
    'Mbeki',
    'Nakamura',
    "O'Neill",
    'Patel',
    'Quinn',
    'Rossi',
    'Schmidt',
    'Tanaka',
    'Ueda',
    'Vargas',
    'Weber',
    'Young',
  ],
] as const;
const EMPLOYERS = [
  'Pyrami',
  'Netagy',
  'Quility',
  'Boink',
  'Euron',
  'Harbor & Sons',
  'Blue Door Books',
  'Tin Roof Labs',
] as const;
const STREETS = [
  'Holmes Lane',
  'Bristol Street',
  'Madison Street',
  'Hutchinson Court',
  'Mill Road',
  'Harbor Way',
  'Elm Avenue',
] as const;
const TAGS = ['newsletter', 'premium', 'student', 'paperless', 'joint', 'overdraft', 'fraud-watch', 'beta'] as const;
const CARDS = ['visa', 'mastercard', 'amex'] as const;

const mapping = {
  properties: {
    account_number: { type: 'long' },
    /** Every value lies beyond 2^53. */
    ledger_id: { type: 'long' },
    firstname: TEXT,
    lastname: TEXT,
    gender: KEYWORD,
    age: { type: 'integer' },
    birthdate: { type: 'date', format: 'yyyy-MM-dd' },
    balance: { type: 'double' },
    credit_limit: { type: 'integer' },
    active: { type: 'boolean' },
    email: KEYWORD,
    employer: TEXT,
    last_login_ip: { type: 'ip' },
    last_login: { type: 'date' },
    tags: KEYWORD,
    address: {
      properties: {
        street: TEXT,
        city: TEXT,
        state: KEYWORD,
        zip: KEYWORD,
        location: GEO_POINT,
      },
    },
    contacts: {
      type: 'nested',
      properties: { kind: KEYWORD, value: KEYWORD, verified: { type: 'boolean' } },
    },
    cards: {
      type: 'nested',
      properties: {
        brand: KEYWORD,
        last4: KEYWORD,
        limit: { type: 'integer' },
        expires: { type: 'date', format: 'yyyy-MM' },
      },
    },
  },
} as const;

const LEDGER_BASE = 9_007_199_254_740_993n;
const LEDGER_STEP = 7_919n;
const DAY = 86_400_000;

function* documents(): Iterable<readonly [string, string]> {
  const random = seeded(20_240_101);
  for (let number = 1; number <= ACCOUNT_COUNT; number += 1) {
    const firstname = random.pick(FIRST_NAMES);
    const lastname = random.pick(LAST_NAMES);
    const place = random.pick(PLACES);
    const employer = random.pick(EMPLOYERS);
    const birth = new Date(Date.UTC(random.integer(1944, 2005), random.integer(0, 11), random.integer(1, 28)));
    const mail = `${firstname}.${lastname}`
      .normalize('NFD')
      .replace(/[^\w.]/g, '')
      .toLowerCase();
    const account = {
      account_number: number,
      firstname,
      lastname,
      gender: random.pick(['F', 'M']),
      age: 2026 - birth.getUTCFullYear(),
      birthdate: birth.toISOString().slice(0, 10),
      balance: random.integer(-50_000, 5_000_000) / 100,
      // A customer without a limit has no such field at all, and one without an employer says null.
      ...(random.chance(0.8) ? { credit_limit: random.integer(1, 40) * 500 } : {}),
      active: random.chance(0.85),
      email: `${mail}${number}@example.com`,
      employer: random.chance(0.9) ? employer : null,
      last_login_ip: random.chance(0.1)
        ? `2001:db8::${random.integer(1, 65_535).toString(16)}`
        : `10.${random.integer(0, 3)}.${random.integer(0, 255)}.${random.integer(1, 254)}`,
      last_login: new Date(Date.UTC(2026, 0, 1) + random.integer(0, 180 * DAY)).toISOString(),
      tags: random.some(TAGS, random.integer(0, 3)),
      address: {
        street: `${random.integer(1, 999)} ${random.pick(STREETS)}`,
        city: place.city,
        state: place.state,
        zip: String(place.zip + random.integer(0, 60)).padStart(5, '0'),
        location: {
          lat: Number((place.lat + random.next() / 10).toFixed(4)),
          lon: Number((place.lon + random.next() / 10).toFixed(4)),
        },
      },
      contacts: [
        { kind: 'email', value: `${mail}${number}@example.com`, verified: random.chance(0.9) },
        ...(random.chance(0.6)
          ? [
              {
                kind: 'phone',
                value: `+1-555-01${String(random.integer(0, 99)).padStart(2, '0')}`,
                verified: random.chance(0.5),
              },
            ]
          : []),
      ],
      cards: Array.from({ length: random.integer(0, 3) }, () => ({
        brand: random.pick(CARDS),
        last4: String(random.integer(0, 9_999)).padStart(4, '0'),
        limit: random.integer(1, 20) * 1_000,
        expires: `${random.integer(2026, 2031)}-${String(random.integer(1, 12)).padStart(2, '0')}`,
      })),
    };
    const ledger = LEDGER_BASE + BigInt(number) * LEDGER_STEP;
    yield [String(number), `{"ledger_id":${ledger},${JSON.stringify(account).slice(1)}`];
  }
}

export const accounts: SampleIndex = { name: 'accounts', mapping, documents };
