/** A search engine in a container for one test file: by the Docker engine that answers, or by one that we install and start. */
import { chooseRuntime } from '../../src/node/choose.ts';
import { runCommand } from '../../src/node/command.ts';
import { ENGINES } from '../../src/node/engines.ts';
import { startDockerDaemon, whyNoDaemon } from './docker-daemon.ts';
import { buildEngineImage } from './engine-image.ts';

export interface ContainerEngine {
  readonly url: string;
  readonly version: string;
  readonly image: string;
  stop(): Promise<void>;
}

const say = (line: string): void => console.log(`[docker] ${line}`);

/** Why the image cannot be had from the Docker engine that answers here, if one does. */
async function whyNoImage(): Promise<string | undefined> {
  try {
    await chooseRuntime({
      runtime: 'docker',
      findJavas: async () => [],
      hasJars: () => false,
      run: runCommand,
      onProgress: say,
      pullLimitMs: 120_000,
    });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why no container can be had here (the suite is then skipped); `undefined` where `withContainerEngine` will work. */
export async function whyNoContainer(): Promise<string | undefined> {
  const ownDaemon = whyNoDaemon();
  return ownDaemon === undefined || (await whyNoImage()) === undefined ? undefined : ownDaemon;
}

export async function withContainerEngine(): Promise<ContainerEngine> {
  if ((await whyNoImage()) === undefined) {
    const { startEngineContainer } = await import('./container-engine.ts');
    return startEngineContainer(ENGINES['opensearch-3'].image);
  }
  const reason = whyNoDaemon();
  if (reason) throw new Error(reason);
  const daemon = await startDockerDaemon(say);
  try {
    const image = await buildEngineImage(daemon.host, say);
    process.env.DOCKER_HOST = daemon.host;
    // Without firewall rules containers are reached through Docker's own proxy on the loopback address,
    // and Testcontainers' reaper, an image of its own, cannot be pulled: the engine itself goes at the end.
    process.env.TESTCONTAINERS_HOST_OVERRIDE = '127.0.0.1';
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
    say(`Starting ${image} through Testcontainers`);
    const { startEngineContainer } = await import('./container-engine.ts');
    const container = await startEngineContainer(image);
    return { ...container, stop: () => container.stop().finally(() => daemon.stop()) };
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}
