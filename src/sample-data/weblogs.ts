/** `weblogs`: requests of a shop's web servers over three days. */
import { PLACES } from './places.ts';
import { seeded } from './random.ts';
import { GEO_POINT, KEYWORD, type SampleIndex, TEXT } from './sample.ts';

const LINE_COUNT = 3_000;

const HOSTS = ['www.shop.example', 'www.shop.example', 'api.shop.example', 'cdn.shop.example'] as const;
const PATHS = [
  ...[
    '/',
    '/cart',
    '/checkout',
    '/login',
    '/search?q=bread+knife',
    '/search?q=100%25+wool',
    '/products/BK-1001',
    '/products/EL-4002',
  ],
  ...[
    '/api/v1/orders',
    '/api/v1/orders/O-000042',
    '/api/v2/price_list',
    '/static/app.js',
    '/static/img/logo_2x.png',
    '/feed.xml',
  ],
] as const;
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  'curl/8.8.0',
  'ExampleBot/2.1 (+https://bot.example/about)',
] as const;
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT', 'HEAD'] as const;
const STATUSES = [200, 200, 200, 200, 200, 200, 204, 301, 304, 400, 404, 404, 500, 503] as const;
const TAGS = ['cached', 'bot', 'slow', 'tls1.3', 'mobile'] as const;

const mapping = {
  properties: {
    '@timestamp': { type: 'date' },
    host: KEYWORD,
    clientip: { type: 'ip' },
    method: KEYWORD,
    path: TEXT,
    status: { type: 'short' },
    bytes: { type: 'long' },
    response_time: { type: 'float' },
    user_agent: TEXT,
    referer: KEYWORD,
    tags: KEYWORD,
    geo: { properties: { city: KEYWORD, state: KEYWORD, coordinates: GEO_POINT } },
  },
} as const;

const SPAN = 3 * 86_400_000;

function* documents(): Iterable<readonly [string, string]> {
  const random = seeded(20_240_303);
  for (let number = 1; number <= LINE_COUNT; number += 1) {
    const place = random.pick(PLACES);
    const status = random.pick(STATUSES);
    const time = Date.UTC(2026, 5, 1) + Math.floor((number * SPAN) / LINE_COUNT) + random.integer(0, 80_000);
    const line = {
      '@timestamp': new Date(time).toISOString(),
      host: random.pick(HOSTS),
      clientip: `203.0.113.${random.integer(1, 254)}`,
      method: random.pick(METHODS),
      path: random.pick(PATHS),
      status,
      bytes: status === 204 || status === 304 ? 0 : random.integer(180, 250_000),
      response_time: Math.fround(random.integer(2, 90_000) / 100),
      user_agent: random.pick(AGENTS),
      ...(random.chance(0.4) ? { referer: 'https://www.shop.example/' } : {}),
      tags: random.some(TAGS, random.integer(0, 3)),
      geo: { city: place.city, state: place.state, coordinates: { lat: place.lat, lon: place.lon } },
    };
    yield [String(number), JSON.stringify(line)];
  }
}

export const weblogs: SampleIndex = { name: 'weblogs', mapping, documents };
