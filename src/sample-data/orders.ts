/** `orders`: what the account holders bought, with nested items, a scaled total, and notes that have no exact twin. */
import { ACCOUNT_COUNT } from './accounts.ts';
import { PLACES } from './places.ts';
import { seeded } from './random.ts';
import { KEYWORD, type SampleIndex, TEXT } from './sample.ts';

const ORDER_COUNT = 2_000;

const PRODUCTS = [
  ['BK-1001', 'War and Peace, paperback', 18.5],
  ['BK-1002', 'A Field Guide to Mosses', 24],
  ['KT-2001', 'Cast iron pan 26 cm', 39.9],
  ['KT-2002', 'Bread knife', 15.25],
  ['KT-2003', 'Espresso cups, set of 4', 22],
  ['GD-3001', 'Watering can, 5 l', 12.75],
  ['GD-3002', 'Pruning shears', 27.4],
  ['EL-4001', 'USB-C charger 65 W', 34.99],
  ['EL-4002', 'Noise cancelling headphones', 189],
  ['EL-4003', 'Desk lamp', 45.5],
  ['SP-5001', 'Climbing rope 60 m', 149.95],
  ['SP-5002', 'Yoga mat', 31],
] as const;
const STATUSES = ['delivered', 'delivered', 'delivered', 'shipped', 'processing', 'cancelled', 'returned'] as const;
const CARRIERS = ['UPS', 'FedEx', 'USPS', 'DHL'] as const;
const NOTES = [
  'Please leave the parcel at the back door.',
  'Gift wrap, no invoice in the box',
  'Call before delivery',
  'Second attempt: customer was not at home',
  'Fragile, handle with care',
] as const;

const mapping = {
  properties: {
    order_id: KEYWORD,
    order_date: { type: 'date' },
    customer_id: { type: 'long' },
    status: KEYWORD,
    total: { type: 'scaled_float', scaling_factor: 100 },
    discount: { type: 'float' },
    priority: { type: 'byte' },
    gift: { type: 'boolean' },
    notes: { type: 'text' },
    shipping: {
      properties: {
        carrier: KEYWORD,
        city: TEXT,
        state: KEYWORD,
        cost: { type: 'half_float' },
        delivered_on: { type: 'date', format: 'yyyy-MM-dd' },
      },
    },
    items: {
      type: 'nested',
      properties: { sku: KEYWORD, title: TEXT, qty: { type: 'integer' }, price: { type: 'double' } },
    },
  },
} as const;

const HOUR = 3_600_000;

function* documents(): Iterable<readonly [string, string]> {
  const random = seeded(20_240_202);
  for (let number = 1; number <= ORDER_COUNT; number += 1) {
    const ordered = new Date(
      Date.UTC(2025, 0, 1) + random.integer(0, 17_500) * HOUR + random.integer(0, 3_599) * 1_000,
    );
    const items = random.some(PRODUCTS, random.integer(1, 4)).map(([sku, title, price]) => ({
      sku,
      title,
      qty: random.integer(1, 5),
      price,
    }));
    const sum = items.reduce((total, { qty, price }) => total + qty * price, 0);
    const discount = random.chance(0.25) ? random.pick([0.05, 0.1, 0.2]) : 0;
    const status = random.pick(STATUSES);
    const place = random.pick(PLACES);
    const delivered = new Date(ordered.getTime() + random.integer(2, 9) * 24 * HOUR);
    const order = {
      order_id: `O-${String(number).padStart(6, '0')}`,
      order_date: ordered.toISOString(),
      customer_id: random.integer(1, ACCOUNT_COUNT),
      status,
      total: Math.round(sum * (1 - discount) * 100) / 100,
      discount,
      priority: random.integer(1, 5),
      gift: random.chance(0.1),
      ...(random.chance(0.3) ? { notes: random.pick(NOTES) } : {}),
      shipping: {
        carrier: random.pick(CARRIERS),
        city: place.city,
        state: place.state,
        cost: random.pick([0, 4.5, 9.75]),
        ...(status === 'delivered' ? { delivered_on: delivered.toISOString().slice(0, 10) } : {}),
      },
      items,
    };
    yield [order.order_id, JSON.stringify(order)];
  }
}

export const orders: SampleIndex = { name: 'orders', mapping, documents };
