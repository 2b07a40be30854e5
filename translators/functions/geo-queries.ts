/** Searches by place of the older engine: longitudes stand before latitudes (spec sql-functions 11.3). */

import type { RelevanceFunction, SearchValue } from '../algebra/function.ts';
import { SqlError } from '../errors.ts';
import { geohashBox } from './geohash.ts';

type Fields = Parameters<RelevanceFunction['dsl']>[0];
const BOOST = { boost: 'number' } as const;

const pathOf = (fields: Fields): string => fields[0]!.path;

function coordinate(value: SearchValue | undefined, most: number): number {
  const found = Number(value);
  if (value === undefined || typeof value === 'boolean' || !Number.isFinite(found) || Math.abs(found) > most) {
    const name = most === 90 ? 'latitude' : 'longitude';
    throw new SqlError(
      'illegalArgument',
      `Invalid ${name} [${value ?? ''}]. It must be a number from -${most} to ${most}`,
    );
  }
  return found;
}

const pointOf = (lon: SearchValue | undefined, lat: SearchValue | undefined): { lat: number; lon: number } => ({
  lat: coordinate(lat, 90),
  lon: coordinate(lon, 180),
});

const boosted = (boost: SearchValue | undefined): Readonly<Record<string, unknown>> =>
  boost === undefined ? {} : { boost };

const within = (path: string, distance: SearchValue | undefined, point: object): Readonly<Record<string, unknown>> => ({
  geo_distance: { distance: String(distance), [path]: point },
});

export const geoQueries: readonly RelevanceFunction[] = [
  {
    name: 'geo_intersects',
    aliases: [],
    summary: 'Shapes or points that a shape in WKT touches',
    takes: 'field',
    options: BOOST,
    dsl: (fields, shape, { boost }) => ({
      geo_shape: { [pathOf(fields)]: { shape, relation: 'intersects' }, ...boosted(boost) },
    }),
  },
  {
    name: 'geo_bounding_box',
    aliases: [],
    summary: 'Points in the box between its top left and bottom right corners',
    takes: 'field',
    options: BOOST,
    values: {
      least: 4,
      most: 4,
      form: 'geo_bounding_box(field, left longitude, top latitude, right longitude, bottom latitude)',
    },
    dsl: (fields, _, { boost }, [left, top, right, bottom] = []) => ({
      geo_bounding_box: {
        [pathOf(fields)]: { top_left: pointOf(left, top), bottom_right: pointOf(right, bottom) },
        ...boosted(boost),
      },
    }),
  },
  {
    name: 'geo_distance',
    aliases: [],
    summary: 'Points no further from a point than a distance such as 1km',
    takes: 'field',
    options: BOOST,
    values: { least: 3, most: 3, form: "geo_distance(field, '1km', longitude, latitude)" },
    dsl: (fields, _, { boost }, [distance, lon, lat] = []) => ({
      geo_distance: { distance: String(distance), [pathOf(fields)]: pointOf(lon, lat), ...boosted(boost) },
    }),
  },
  {
    name: 'geo_distance_range',
    aliases: [],
    summary: 'Points at least one distance and at most another away from a point',
    takes: 'field',
    options: BOOST,
    values: { least: 4, most: 4, form: "geo_distance_range(field, '1m', '1km', longitude, latitude)" },
    dsl: (fields, _, { boost }, [from, to, lon, lat] = []) => {
      const path = pathOf(fields);
      const point = pointOf(lon, lat);
      return { bool: { filter: [within(path, to, point)], must_not: [within(path, from, point)], ...boosted(boost) } };
    },
  },
  {
    name: 'geo_polygon',
    aliases: [],
    summary: 'Points inside of a polygon, given as longitudes and latitudes in turn',
    takes: 'field',
    options: BOOST,
    values: { least: 6, most: 2_000, form: 'geo_polygon(field, lon1, lat1, lon2, lat2, lon3, lat3, …)' },
    dsl: (fields, _, { boost }, values = []) => {
      if (values.length % 2 !== 0)
        throw new SqlError('illegalArgument', 'A polygon needs pairs of longitude and latitude');
      const points = values.flatMap((lon, i) => (i % 2 === 0 ? [pointOf(lon, values[i + 1])] : []));
      return { geo_polygon: { [pathOf(fields)]: { points }, ...boosted(boost) } };
    },
  },
  {
    name: 'geo_cell',
    aliases: ['geohash_cell'],
    summary: 'Points in the geohash cell of a point, with the cells around it when the last argument is true',
    takes: 'field',
    options: BOOST,
    values: { least: 3, most: 4, form: 'geo_cell(field, longitude, latitude, precision[, neighbours])' },
    dsl: (fields, _, { boost }, [lon, lat, precision, neighbours] = []) => {
      const point = pointOf(lon, lat);
      const around = String(neighbours ?? false).toLowerCase() === 'true';
      const { top, left, bottom, right } = geohashBox(point.lat, point.lon, Number(precision), around);
      return { geo_bounding_box: { [pathOf(fields)]: { top, left, bottom, right }, ...boosted(boost) } };
    },
  },
];
