/** A planning thread: it answers each message, in order. */
import { parentPort } from 'node:worker_threads';
import type { Question } from './messages.ts';
import { createTurns } from './turns.ts';

const answer = createTurns();

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)));
