import { describe, expect, it } from 'vitest';
import { type ChooseOptions, chooseRuntime } from '../../../src/node/choose.ts';
import type { CommandResult, RunCommand } from '../../../src/node/command.ts';
import type { Java } from '../../../src/node/java.ts';

const java = (major: number): Java => ({ home: `/jdk${major}`, executable: `/jdk${major}/bin/java`, major });

/** Answers by the first words of the command; what is not listed does not exist. */
function fakeRunner(answers: Record<string, Partial<CommandResult>>): { run: RunCommand; calls: string[] } {
  const calls: string[] = [];
  const run: RunCommand = async (command, args) => {
    const line = [command, ...args].join(' ');
    calls.push(line);
    const answer = Object.entries(answers).find(([start]) => line.startsWith(start))?.[1];
    return { code: undefined, output: '', timedOut: false, ...answer };
  };
  return { run, calls };
}

const dockerAnswers = { 'docker version': { code: 0, output: '28.2.2\n' } };
const imagePresent = { 'docker image inspect': { code: 0 } };
const imageAbsent = { 'docker image inspect': { code: 1 } };

function options(
  answers: Record<string, Partial<CommandResult>>,
  javas: readonly Java[],
  extra: Partial<ChooseOptions> = {},
) {
  const { run, calls } = fakeRunner(answers);
  const lines: string[] = [];
  const chosen = chooseRuntime({
    runtime: 'auto',
    findJavas: async () => javas,
    hasJars: () => false,
    run,
    onProgress: (line) => lines.push(line),
    ...extra,
  });
  return { chosen, calls, lines };
}

describe('auto', () => {
  it('takes Docker where an engine answers and has the image', async () => {
    const { chosen } = options({ ...dockerAnswers, ...imagePresent }, [java(25)]);
    expect(await chosen).toMatchObject({ kind: 'docker', engine: { name: 'opensearch-3' } });
  });

  it('pulls the image where it is absent', async () => {
    const { chosen, calls, lines } = options({ ...dockerAnswers, ...imageAbsent, 'docker pull': { code: 0 } }, []);
    expect(await chosen).toMatchObject({ kind: 'docker' });
    expect(calls.at(-1)).toBe('docker pull --quiet opensearchproject/opensearch:3.8.0');
    expect(lines).toEqual(['Pulling the image opensearchproject/opensearch:3.8.0 (only once)']);
  });

  it('takes Java where the pull fails or takes too long, and says so', async () => {
    const failed = options(
      { ...dockerAnswers, ...imageAbsent, 'docker pull': { code: 1, output: 'x\nno route to host\n' } },
      [java(21)],
    );
    expect(await failed.chosen).toMatchObject({ kind: 'maven', engine: { name: 'opensearch-3' } });
    expect(failed.lines.at(-1)).toMatch(/^Docker is not used: .*no route to host$/);
    const slow = options({ ...dockerAnswers, ...imageAbsent, 'docker pull': { code: 1, timedOut: true } }, [java(21)], {
      pullLimitMs: 5_000,
    });
    expect(await slow.chosen).toMatchObject({ kind: 'maven' });
    expect(slow.lines.at(-1)).toMatch(/not pulled within 5 seconds$/);
  });

  it('stays with jars that are there already', async () => {
    const { chosen, calls } = options({ ...dockerAnswers, ...imagePresent }, [java(21)], { hasJars: () => true });
    expect(await chosen).toMatchObject({ kind: 'maven' });
    expect(calls).toEqual([]);
  });

  it.each([
    [[25, 21, 17], 'opensearch-3', 25],
    [[17, 11], 'opensearch-2', 17],
    [[20, 17], 'opensearch-2', 17],
  ])('with Java %j takes %s on Java %i', async (majors, engine, major) => {
    const { chosen } = options({}, majors.map(java));
    expect(await chosen).toMatchObject({ kind: 'maven', engine: { name: engine }, java: { major } });
  });

  it('says in one sentence what is missing', async () => {
    await expect(options({}, []).chosen).rejects.toThrow(
      'The embedded node needs Java 17 or newer, but no Java was found and no Docker engine answers: install Java and Maven, or Docker, or set OPENSEARCH_URL to a running cluster.',
    );
    await expect(options({}, [java(11)]).chosen).rejects.toThrow('but only Java 11 was found');
    await expect(options({}, [java(17)], { engine: 'opensearch-3' }).chosen).rejects.toThrow('needs Java 21 or newer');
  });
});

describe('a runtime that is asked for', () => {
  it('docker: never falls back', async () => {
    await expect(options({}, [java(25)], { runtime: 'docker' }).chosen).rejects.toThrow(
      'EMBEDDED_NODE=docker, but no Docker engine answers',
    );
  });

  it('maven: never asks Docker', async () => {
    const { chosen, calls } = options({ ...dockerAnswers, ...imagePresent }, [java(25)], { runtime: 'maven' });
    expect(await chosen).toMatchObject({ kind: 'maven' });
    expect(calls).toEqual([]);
  });
});
