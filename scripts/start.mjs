/** `npm start`: installs and builds what is missing, then becomes the server. Arguments are the server's own. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { checkNode, install, ROOT } from './install.mjs';

checkNode();
install();
build();

// In this very process: signals, exit code and terminal are the server's own.
const main = join(ROOT, 'dist/src/main.js');
process.argv = [process.argv[0], main, ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
