/** The settings that have no value unless one is given. */
import { ACCESS_OPTIONAL } from './access-settings.ts';
import { setting } from './setting.ts';
import { text } from './values.ts';

/** Settings that may be absent. */
export const OPTIONAL = {
  ...ACCESS_OPTIONAL,
  opensearchUsername: setting(
    'OPENSEARCH_USERNAME',
    undefined,
    text,
    "User of the server's own calls: start-up check, health. Never added to a caller's request.",
  ),
  opensearchPassword: setting('OPENSEARCH_PASSWORD', undefined, text, 'Password of that user.', { secret: true }),
  opensearchCa: setting('OPENSEARCH_CA', undefined, text, "PEM file of the authority of the cluster's certificate."),
  opensearchClientCert: setting(
    'OPENSEARCH_CLIENT_CERT',
    undefined,
    text,
    'PEM file of the certificate that this server shows the cluster. The cluster sees it behind every call, those of callers too.',
  ),
  opensearchClientKey: setting(
    'OPENSEARCH_CLIENT_KEY',
    undefined,
    text,
    'PEM file of the key of `OPENSEARCH_CLIENT_CERT`.',
  ),
  s3Region: setting('S3_REGION', undefined, text, 'Region of the object store.', {
    shownDefault: 'AWS_REGION, else us-east-1',
  }),
  s3AccessKey: setting(
    'S3_ACCESS_KEY',
    undefined,
    text,
    "Access key of the object store. Without it, AWS's own variables, files and roles are used.",
  ),
  s3SecretKey: setting('S3_SECRET_KEY', undefined, text, 'Secret key of the object store.', { secret: true }),
  s3SessionToken: setting(
    'S3_SESSION_TOKEN',
    undefined,
    text,
    'Session token that belongs to temporary keys of the object store.',
    { secret: true },
  ),
  secretKey: setting(
    'SECRET_KEY',
    undefined,
    text.min(16, 'must be at least 16 characters long'),
    "Seals cursors; servers that share it can read each other's. Made and kept under `DATA_DIR` when absent.",
    { secret: true, shownDefault: 'made at first start' },
  ),
} as const;
