/** Makes the client of an S3 service. The SDK is loaded here, when a store is opened, since it takes its time. */
import type { S3Client } from '@aws-sdk/client-s3';

export interface S3Settings {
  /** Undefined: AWS itself. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly sessionToken: string | undefined;
  /** Undefined: with an endpoint. */
  readonly pathStyle: boolean | undefined;
  /** Longest silence until a call is tried again, in milliseconds; 0 for no limit. */
  readonly timeout: number;
  /** Tries of a call; the pauses between them double from 100 ms, by chance shorter. */
  readonly attempts: number;
}

type Sdk = typeof import('@aws-sdk/client-s3');

export interface LoadedS3 {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

const CONNECT_TIMEOUT = 10_000;
const MAX_SOCKETS = 64;

export async function loadS3(settings: S3Settings): Promise<LoadedS3> {
  // The package states the Node version that it needs itself.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const sdk = await import('@aws-sdk/client-s3');
  const { endpoint, accessKey, secretKey, sessionToken, timeout } = settings;
  const region = settings.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
  const client = new sdk.S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: settings.pathStyle ?? endpoint !== undefined,
    ...(accessKey === undefined || secretKey === undefined
      ? {}
      : { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken } }),
    retryMode: 'standard',
    maxAttempts: settings.attempts,
    // Newer checksums are not known to every service; pieces carry Content-MD5, which all of them check.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The ARN of an access point is no bucket name of ours.
    useArnRegion: false,
    requestHandler: {
      connectionTimeout: Math.min(CONNECT_TIMEOUT, timeout || CONNECT_TIMEOUT),
      socketTimeout: timeout,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  });
  return { sdk, client };
}
