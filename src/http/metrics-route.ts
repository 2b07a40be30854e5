/** `/_proxy/metrics`: the figures of this process for Prometheus. */
import type { Metrics } from '../metrics.ts';
import type { Handler } from './passthrough.ts';

export function createMetricsRoute(metrics: Metrics): Handler {
  return (request, response) => {
    request.resume();
    void metrics.text().then((text) => {
      response.writeHead(200, { 'content-type': metrics.contentType, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    });
  };
}
