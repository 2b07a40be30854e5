/** The cluster's errors in the plugin's words: answers as real clusters give them. */
import { describe, expect, it } from 'vitest';
import { className, clusterError } from '../../../src/cluster/cluster-error.ts';
import { renderError } from '../../../src/http/render-error.ts';
import { createLog } from '../../../src/log.ts';
import { SqlError } from '../../../translators/errors.ts';
import { SqlSyntaxError } from '../../../translators/syntax/errors.ts';

const log = createLog('silent');
const MORE = 'For more details, please send request for Json format to see the raw response from OpenSearch engine.';

const NO_INDEX = {
  error: {
    root_cause: [{ type: 'index_not_found_exception', reason: 'no such index [x]', index: 'x', index_uuid: '_na_' }],
    type: 'index_not_found_exception',
    reason: 'no such index [x]',
    index: 'x',
    'resource.id': 'x',
    'resource.type': 'index_or_alias',
    index_uuid: '_na_',
  },
  status: 404,
};

const SHARDS = {
  error: {
    root_cause: [{ type: 'query_shard_exception', reason: 'failed to create query', index: 'i', index_uuid: 'u1' }],
    type: 'search_phase_execution_exception',
    reason: 'all shards failed',
    phase: 'query',
    grouped: true,
    failed_shards: [
      {
        shard: 0,
        index: 'i',
        node: 'n',
        reason: {
          type: 'query_shard_exception',
          reason: 'failed to create query',
          index: 'i',
          index_uuid: 'u1',
          caused_by: { type: 'number_format_exception', reason: 'For input string: "a"' },
        },
      },
    ],
  },
  status: 400,
};

describe('clusterError', () => {
  it('writes a missing index as the plugin does, byte for byte', () => {
    const error = clusterError(404, JSON.stringify(NO_INDEX));
    expect(error.code).toBe('indexNotFound');
    expect(renderError(error, log).body).toBe(`{
  "error": {
    "reason": "Error occurred in OpenSearch engine: no such index [x]",
    "details": "[x] IndexNotFoundException[no such index [x]]\\n${MORE}",
    "type": "IndexNotFoundException"
  },
  "status": 404
}`);
  });

  it('takes an overflow in a script for what it is where functions run here', () => {
    const reason = {
      type: 'script_exception',
      reason: 'runtime error',
      caused_by: { type: 'arithmetic_exception', reason: 'long overflow' },
    };
    const error = { ...SHARDS.error, failed_shards: [{ shard: 0, index: 'i', reason }] };
    expect(clusterError(400, JSON.stringify({ error, status: 400 }))).toMatchObject({
      status: 400,
      type: 'ArithmeticException',
      details: 'long overflow',
    });
  });

  it('lists failed shards with their causes', () => {
    const error = clusterError(400, JSON.stringify(SHARDS));
    expect(error).toMatchObject({
      status: 400,
      type: 'SearchPhaseExecutionException',
      reason: 'Error occurred in OpenSearch engine: all shards failed',
      details: `Shard[0]: [i/u1] QueryShardException[failed to create query]; nested: NumberFormatException[For input string: "a"]\n\n${MORE}`,
    });
    expect(error.hasCause('number_format_exception')).toBe(true);
    expect(error.hasCause('too_many_buckets_exception')).toBe(false);
  });

  it('keeps the challenge of a refusal in plain text', () => {
    const error = clusterError(401, 'Unauthorized', {
      'www-authenticate': 'Basic realm="OpenSearch Security"',
      server: 'x',
    });
    expect(error).toMatchObject({ status: 401, type: 'OpenSearchSecurityException' });
    expect(renderError(error, log).headers).toEqual({ 'www-authenticate': 'Basic realm="OpenSearch Security"' });
  });

  it('makes one line of what a gateway says in HTML', () => {
    const page = '<html><head><title>502</title><style>p{}</style></head><body>\n<h1>Bad  Gateway</h1></body></html>';
    expect(clusterError(502, page).reason).toBe('Error occurred in OpenSearch engine: Bad Gateway');
    expect(clusterError(503, '').reason).toBe('Error occurred in OpenSearch engine: status 503');
    expect(clusterError(405, '{"error":"Incorrect HTTP method","status":405}').details).toContain(
      '[Incorrect HTTP method]',
    );
  });

  it.each([
    ['illegal_argument_exception', 'IllegalArgumentException'],
    ['security_exception', 'OpenSearchSecurityException'],
    ['rejected_execution_exception', 'OpenSearchRejectedExecutionException'],
    ['too_many_buckets_exception', 'TooManyBucketsException'],
    ['i_o_exception', 'IOException'],
    ['x_content_parse_exception', 'XContentParseException'],
  ])('%s is %s', (type, name) => expect(className(type)).toBe(name));
});

describe('renderError', () => {
  it.each([
    [
      new SqlSyntaxError('SELECT', 6, 'end of query', ['an expression']),
      400,
      'Invalid SQL query',
      'SyntaxCheckException',
    ],
    [new SqlError('unknownField', 'Field [x]'), 400, 'Invalid SQL query', 'SemanticAnalysisException'],
    [new SqlError('clusterTimeout', 'slow'), 504, 'There was internal problem at backend', 'ClusterTimeoutException'],
  ])('%s', (error, status, reason, type) => {
    const rendered = renderError(error, log);
    expect(rendered.status).toBe(status);
    expect(JSON.parse(rendered.body)).toMatchObject({ error: { reason, type }, status });
  });

  it('says nothing of our code', () => {
    const { body, status } = renderError(new TypeError('Cannot read properties of undefined'), log);
    expect(status).toBe(500);
    expect(body).toMatch(/under the id [0-9a-f]{8}/);
    expect(body).not.toContain('properties');
  });
});
