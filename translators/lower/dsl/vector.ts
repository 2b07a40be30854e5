/** vectorSearch() as a knn query, with WHERE inside of it or over it (spec sql-functions 10). */

import type { Dsl } from '../../algebra/dsl.ts';
import type { VectorSearch } from '../../algebra/scan-options.ts';

/** `filters`: the request's own filter and the conjuncts of WHERE. */
export function vectorQuery(search: VectorSearch, filters: readonly Dsl[]): Dsl {
  const { field, vector, k, max_distance, min_score, filterType } = search;
  const post = filterType === 'post';
  const inside =
    post || filters.length === 0 ? undefined : filters.length === 1 ? filters[0] : { bool: { filter: filters } };
  const knn = {
    knn: {
      [field]: {
        vector,
        ...(k === undefined ? {} : { k }),
        ...(max_distance === undefined ? {} : { max_distance }),
        ...(min_score === undefined ? {} : { min_score }),
        ...(inside ? { filter: inside } : {}),
      },
    },
  };
  return post && filters.length > 0 ? { bool: { must: [knn], filter: filters } } : knn;
}
