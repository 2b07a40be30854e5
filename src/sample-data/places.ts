/** Cities with their states and positions, for addresses and visitors. */

interface Place {
  readonly city: string;
  readonly state: string;
  /** The lowest code of the city, without leading zeros. */
  readonly zip: number;
  readonly lat: number;
  readonly lon: number;
}

const place = (city: string, state: string, zip: number, lat: number, lon: number): Place => ({
  city,
  state,
  zip,
  lat,
  lon,
});

export const PLACES: readonly Place[] = [
  place('Portland', 'OR', 97201, 45.51, -122.68),
  place('Seattle', 'WA', 98101, 47.61, -122.33),
  place('Oakland', 'CA', 94601, 37.8, -122.27),
  place('Fresno', 'CA', 93650, 36.74, -119.79),
  place('Phoenix', 'AZ', 85001, 33.45, -112.07),
  place('Boise', 'ID', 83701, 43.62, -116.2),
  place('Denver', 'CO', 80201, 39.74, -104.99),
  place('Austin', 'TX', 73301, 30.27, -97.74),
  place('Tulsa', 'OK', 74101, 36.15, -95.99),
  place('Omaha', 'NE', 68101, 41.26, -95.93),
  place('Madison', 'WI', 53701, 43.07, -89.4),
  place('Chicago', 'IL', 60601, 41.88, -87.63),
  place('Nashville', 'TN', 37201, 36.16, -86.78),
  place('Atlanta', 'GA', 30301, 33.75, -84.39),
  place('Tampa', 'FL', 33601, 27.95, -82.46),
  place('Raleigh', 'NC', 27601, 35.78, -78.64),
  place('Baltimore', 'MD', 21201, 39.29, -76.61),
  place('Buffalo', 'NY', 14201, 42.89, -78.88),
  place('Providence', 'RI', 2901, 41.82, -71.41),
  place('Bangor', 'ME', 4401, 44.8, -68.77),
];
