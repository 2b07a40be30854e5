/** Starts a search engine's image through Testcontainers and waits until it answers. */
import { GenericContainer, Wait } from 'testcontainers';
import { ENGINES } from '../../src/node/engines.ts';
import { TEST_SETTINGS } from './start-engine.ts';

export interface EngineContainer {
  readonly url: string;
  readonly version: string;
  readonly image: string;
  stop(): Promise<void>;
}

export async function startEngineContainer(image: string = ENGINES['opensearch-3'].image): Promise<EngineContainer> {
  const container = await new GenericContainer(image)
    .withEnvironment({
      ...ENGINES['opensearch-3'].imageEnvironment,
      ...TEST_SETTINGS,
      'discovery.type': 'single-node',
      'cluster.routing.allocation.disk.threshold_enabled': 'false',
      OPENSEARCH_JAVA_OPTS: '-Xms512m -Xmx1g',
    })
    .withExposedPorts(9200)
    .withWaitStrategy(Wait.forHttp('/_cluster/health?wait_for_status=yellow&timeout=2s', 9200))
    .withStartupTimeout(180_000)
    .start();
  const url = `http://${container.getHost()}:${container.getMappedPort(9200)}`;
  const response = await fetch(url);
  const info = (await response.json()) as { version: { number: string } };
  return {
    url,
    version: info.version.number,
    image,
    stop: async () => {
      await container.stop({ timeout: 10_000 });
    },
  };
}
